/** The files that the configuration names: whether they are there, what they hold, and who else may read them. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { ROLES } from '../../access/roles.js';
import { parseClaimsFile } from '../../http/sign-in/claims-file.js';
import { readSigningKey } from '../../signing-key.js';
import { readAlertRules } from '../../start/alert-rules-file.js';
import { readBaseMap } from '../../start/base-map-file.js';
import type { Config } from '../../start/config.js';
import { readHandoffFile } from '../../start/handoff-file.js';
import { publicKeyFileOf, signingKeyFileOf } from '../../start/signing-key.js';
import { describeError, type Finding, good, note, unsafe, wrong } from './finding.js';

const SECRET_FILES = [
  'DATABASE_URL_FILE',
  'KAFKA_SASL_PASSWORD_FILE',
  'KAFKA_OAUTH_CLIENT_SECRET_FILE',
  'TAGWATCH_OIDC_CLIENT_SECRET_FILE',
] as const;
/** Everybody on the machine; a group may be how an orchestrator gives it to this program. */
const STRANGERS_MAY = 0o007;
const OTHERS_MAY = 0o077;

const octal = (mode: number): string => mode.toString(8).padStart(3, '0');

function checkSecretFile(name: string, path: string): Finding {
  try {
    const mode = statSync(path).mode & 0o777;
    if (readFileSync(path, 'utf8').trim() === '') return wrong(name, `${path} is empty`, 'put the secret there');
    if ((mode & STRANGERS_MAY) !== 0)
      return unsafe(
        name,
        `${path} may be read or written by anybody on this machine (${octal(mode)})`,
        `chmod 600 ${path}`,
      );
    return good(name, `${path} is read by its owner${(mode & OTHERS_MAY) === 0 ? ' alone' : ' and its group'}`);
  } catch (error) {
    return wrong(name, `${path} cannot be read: ${describeError(error)}`, 'mount it, or mend the path');
  }
}

function checkSigningKey(config: Config): Finding[] {
  const file = signingKeyFileOf(config);
  const about = 'TAGWATCH_SIGNING_KEY_FILE';
  if (!existsSync(file)) {
    return config.signingKeyFile === null
      ? []
      : [wrong(about, `there is no file ${file}`, 'make it by "tagwatch keys make", or mend the path')];
  }
  try {
    const { keyId } = readSigningKey(file);
    const beside = publicKeyFileOf(config);
    return [
      good(about, `${file} is the key ${keyId.slice(0, 16)}…, read by its owner alone`),
      ...(existsSync(beside) ? [] : [note(about, `${beside} is not there: who verifies needs the public half`)]),
    ];
  } catch (error) {
    return [unsafe(about, describeError(error).replace(`${about}: `, ''), `chmod 600 ${file}`)];
  }
}

function checkClaims(path: string): Finding[] {
  const about = 'TAGWATCH_CLAIMS_FILE';
  try {
    const { roles } = parseClaimsFile(readFileSync(path, 'utf8'));
    const given = new Set(Object.values(roles.values));
    const missing = ROLES.filter((role) => ['sergeant', 'administrator', 'auditor'].includes(role) && !given.has(role));
    return [
      good(about, `${path} gives ${[...given].join(', ')}`),
      ...missing.map((role) => note(about, `nobody can be ${role}: no value gives that role`)),
    ];
  } catch (error) {
    return [wrong(about, `${path} cannot be used: ${describeError(error)}`, 'docs/sign-in.md has an example')];
  }
}

function checkDataFolder({ dataDir }: Config): Finding[] {
  if (!existsSync(dataDir)) return [];
  const mode = statSync(dataDir).mode & 0o777;
  if ((mode & STRANGERS_MAY) === 0) return [good('TAGWATCH_DATA_DIR', `${dataDir} is not for everybody`)];
  return [
    unsafe(
      'TAGWATCH_DATA_DIR',
      `${dataDir} may be read by anybody on this machine (${octal(mode)})`,
      `chmod 700 ${dataDir}`,
    ),
  ];
}

function checkNamed(variable: string, read: () => unknown): Finding[] {
  try {
    read();
    return [];
  } catch (error) {
    return [wrong(variable, describeError(error).replace(`${variable}: `, ''))];
  }
}

export function checkFiles(config: Config, env: Readonly<Record<string, string | undefined>>): Finding[] {
  const secrets = SECRET_FILES.flatMap((name) => {
    const path = env[name]?.trim();
    return path ? [checkSecretFile(name, path)] : [];
  });
  const { alertRulesFile, baseMapFile, handoffFile } = config;
  const named = [
    ...checkNamed('TAGWATCH_ALERT_RULES_FILE', () => readAlertRules(alertRulesFile)),
    ...checkNamed('TAGWATCH_BASE_MAP_FILE', () => readBaseMap(baseMapFile)),
    ...checkNamed('TAGWATCH_HANDOFF_FILE', () => handoffFile !== null && readHandoffFile(handoffFile)),
  ];
  return [
    ...secrets,
    ...checkSigningKey(config),
    ...(config.signIn === null ? [] : checkClaims(config.signIn.claimsFile)),
    ...checkDataFolder(config),
    ...named,
  ];
}
