/** `tagwatch evidence verify`: needs the pack, the engine and a public key, and neither database nor network. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readTrustedKeys, type TrustedKey } from '../evidence/trusted-keys.js';
import { type PackVerdict, type RerunAnswer, verifyPack } from '../evidence/verify-pack.js';
import type { EvidenceDeps } from './evidence-deps.js';
import { readRegister } from './key-register.js';

export const VERIFY_HELP = `tagwatch evidence verify PACK.zip [--keys FILE]

Answers separately: whether the contents are as they were, whether the signature is good, whether its key is trusted, what is known of
the time, whether the container is as it was made, and whether the engine finds the same again over the inputs in the pack.

  --keys FILE   a public key as PEM, or a register as "tagwatch keys" keeps it; the one of TAGWATCH_SIGNING_KEY_FILE unless given.
                A pack brings no key along: who can change a pack could change that as well.`;

export function verify(
  argv: readonly string[],
  deps: Pick<EvidenceDeps, 'keyFile' | 'program' | 'out' | 'err'>,
): number {
  const { out, err } = deps;
  const options = { help: { type: 'boolean', short: 'h' }, keys: { type: 'string' } } as const;
  const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
  if (values.help) {
    out(VERIFY_HELP);
    return 0;
  }
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) {
    err('tagwatch evidence verify: it takes one PACK.zip.');
    err('"tagwatch evidence --help" tells more.');
    return 2;
  }
  let trusted: readonly TrustedKey[];
  try {
    if (values.keys !== undefined) trusted = readTrustedKeys(readFileSync(values.keys, 'utf8'));
    else trusted = readRegister(deps.keyFile);
  } catch (error) {
    err(`tagwatch evidence verify: the keys cannot be used: ${error instanceof Error ? error.message : error}`);
    return 1;
  }
  const verdict = verifyPack(readFileSync(file), trusted, deps.program.engine);
  for (const line of verdictInWords(verdict)) out(line);
  return verdict.verified ? 0 : 3;
}

const SIGNATURE = {
  good: 'good: manifest.json is as it was signed',
  bad: 'BAD: manifest.json is not what this key signed',
  'not-checked': 'not checked: the public key was not given',
} as const;
const TRUST = {
  trusted: 'the key was in use when the pack says that it was made',
  'unknown-key': 'NOT TRUSTED: the key is not among those that were given',
  'not-yet-valid': 'NOT TRUSTED: the pack says that it was made before the key was',
  'no-longer-valid': 'NOT TRUSTED: the pack says that it was made when another key was in use',
  revoked: 'NOT TRUSTED: the key was revoked',
} as const;
const CONTAINER = {
  'as-made': 'as it was made, byte for byte',
  differs: 'DIFFERS, contents intact: the zip around the files is not as it was made',
  'not-checked': 'not checked: the contents are not those of the manifest',
} as const;
const RERUN = {
  same: 'the engine finds the same',
  differs: 'DIFFERS: the engine does not find the same',
  'not-run': 'not run',
  'engine-version-differs':
    'ENGINE VERSION DIFFERS: another engine made the finding, and this one does not find the same',
} as const;

export function verdictInWords(verdict: PackVerdict): string[] {
  const { manifest, contents, signature, trust, container, rerun, verified } = verdict;
  const lines =
    manifest === null
      ? []
      : [
          `Pack ${manifest.packId}, edition ${manifest.edition}, of wearer ${manifest.wearerId}`,
          `  made at ${manifest.madeAt} by ${manifest.madeBy} for ${manifest.recipient}: ${manifest.purpose}`,
          ...manifest.withheld.map(({ what, why }) => `  withheld: ${what} (${why})`),
        ];
  lines.push(
    `Contents:  ${contents.length === 0 ? 'every file is as the manifest says' : `NOT AS THEY WERE: ${contents.join('; ')}`}`,
  );
  if (manifest === null) return [...lines, 'NOT VERIFIED.'];
  return [
    ...lines,
    `Signature: ${SIGNATURE[signature]}`,
    `Trust:     ${TRUST[trust]} (key ${manifest.keyId})`,
    'Time:      no time stamp: when it was made is what the pack says itself',
    `Container: ${CONTAINER[container]}`,
    ...rerun.map((one) => `Re-run:    ${rerunInWords(one)}`),
    verified ? 'VERIFIED.' : 'NOT VERIFIED.',
  ];
}

function rerunInWords({ alertId, outcome, detail }: RerunAnswer): string {
  return `alert ${alertId}: ${RERUN[outcome]}${detail.length === 0 ? '' : ` (${detail.join('; ')})`}`;
}
