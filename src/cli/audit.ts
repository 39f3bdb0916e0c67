/** `tagwatch audit verify`: whether the audit on record is what was chained. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSignedBy, type JudgeCheckpoint, NOT_SIGNED, readCheckpoint } from '../audit/checkpoint.js';
import { type ChainFault, type NamedCheckpoint, type Verified, verifyChain } from '../audit/verify.js';
import { NODE_CRYPTO } from '../evidence/node-crypto.js';
import { readTrustedKeys, type Trust, type TrustedKey, trustOf } from '../evidence/trusted-keys.js';
import type { Database } from '../ports/database.js';
import { readPublicKey } from '../signing-key.js';
import { readChain } from '../store/audit.js';
import { readArguments } from './arguments.js';

export const AUDIT_HELP = `tagwatch audit verify [--checkpoints DIR] [--key FILE]

Goes through the chain of audit entries on record and says which were changed, removed, inserted or exchanged, and which numbers of
an api never came. Reads the database of DATABASE_URL, or the embedded one in TAGWATCH_DATA_DIR (not while tagwatch serve has it open).

A tail that was cut off, or written anew with all its hashes, is a chain that holds by itself: only checkpoints show it. Give those
that whoever can write the database could not reach.

  --checkpoints DIR   the signed checkpoints, a file each (TAGWATCH_AUDIT_CHECKPOINTS_DIR of the recorders, or a copy of it)
  --key FILE          the public key that signed them, as PEM, or the register of all that ever did ("tagwatch keys"): a copy that
                      was kept elsewhere (TAGWATCH_SIGNING_KEY_FILE with .trusted.json or .pub behind it, by default
                      signing-key.pem… in TAGWATCH_DATA_DIR). By the register a checkpoint counts if its key signed at that time and was
                      not revoked

Exit codes: 0 the chain holds; 1 it could not be done, and why is said; 2 the call was not understood; 3 it does not hold.`;

export interface AuditDeps {
  /** Opened only when the call is understood. */
  openDatabase(): Promise<Database> | Database;
  /** Where the public key is unless the call says so. */
  readonly publicKeyFile: string;
  readonly out?: (line: string) => void;
  readonly err?: (line: string) => void;
}

/** Answers the exit code. Rejects where the database does not answer. */
export async function audit(argv: readonly string[], deps: AuditDeps): Promise<number> {
  const { out = console.log, err = console.error } = deps;
  const { values, positionals } = readArguments({
    args: [...argv],
    options: { help: { type: 'boolean', short: 'h' }, checkpoints: { type: 'string' }, key: { type: 'string' } },
    allowPositionals: true,
  });
  if (values.help) {
    out(AUDIT_HELP);
    return 0;
  }
  if (positionals.length !== 1 || positionals[0] !== 'verify') {
    err('tagwatch audit: there is "tagwatch audit verify" alone.\n"tagwatch audit --help" tells more.');
    return 2;
  }
  const directory = values.checkpoints;
  const keyFile = values.key ?? deps.publicKeyFile;
  if (directory !== undefined && !existsSync(directory)) {
    err(`tagwatch audit verify: there is no folder ${directory}. --checkpoints names where checkpoints were kept.`);
    return 1;
  }
  if (directory !== undefined && !existsSync(keyFile)) {
    err(
      `tagwatch audit verify: there is no public key ${keyFile}. Checkpoints prove nothing without it: --key names it.`,
    );
    return 1;
  }
  const checkpoints = directory === undefined ? [] : readCheckpoints(directory);
  const judging =
    directory === undefined ? null : judgeByRegister(readTrustedKeys(readFileSync(keyFile, 'utf8'), NODE_CRYPTO));
  const db = await deps.openDatabase();
  try {
    const verified = await verifyChain(readChain(db), checkpoints, judging?.judge ?? null);
    for (const line of inWords(verified, directory === undefined ? null : checkpoints.length)) out(line);
    if (judging !== null && judging.used.size > 0)
      out(`Signed by the key${judging.used.size === 1 ? '' : 's'} ${[...judging.used].join(', ')}.`);
    return verified.faults.length === 0 ? 0 : 3;
  } finally {
    await db.close();
  }
}

const WHY_NOT: Readonly<Record<Exclude<Trust, 'trusted'>, string>> = {
  'unknown-key': NOT_SIGNED,
  'not-yet-valid': 'its key did not sign yet at that time',
  'no-longer-valid': 'its key did not sign any more at that time',
  revoked: 'its key was revoked: whoever stole it writes the date',
};

/** `used`: the ids of keys by which checkpoints counted. */
function judgeByRegister(keys: readonly TrustedKey[]): { readonly judge: JudgeCheckpoint; readonly used: Set<string> } {
  const used = new Set<string>();
  return {
    used,
    judge(checkpoint) {
      const key = keys.find(({ keyId }) => keyId === checkpoint.keyId);
      const trust = trustOf(key, checkpoint.at);
      if (key === undefined || trust !== 'trusted') return WHY_NOT[trust === 'trusted' ? 'unknown-key' : trust];
      if (!isSignedBy(checkpoint, readPublicKey(key.publicKey))) return NOT_SIGNED;
      used.add(key.keyId);
      return null;
    },
  };
}

function readCheckpoints(directory: string): NamedCheckpoint[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => ({ name, checkpoint: readCheckpoint(readFileSync(join(directory, name), 'utf8')) }));
}

const span = (from: number, to: number): string => (from === to ? `${from}` : `${from} to ${to}`);

function tell(fault: ChainFault): string {
  switch (fault.type) {
    case 'changed':
      return `Entry ${fault.position} is not what was chained there: it was changed, or one before it was inserted, removed or exchanged.`;
    case 'removed':
      return `Entry ${span(fault.from, fault.to)} ${fault.from === fault.to ? 'is' : 'are'} missing: removed.`;
    case 'out-of-order':
      return `Entry ${fault.position} stands behind one that came later in the log: inserted, or out of its order.`;
    case 'lost':
      return `Of the api ${fault.writer} number ${span(fault.from, fault.to)} never came: lost before it was chained, or removed with its hashes.`;
    case 'cut':
      return `The end is cut off: ${fault.size} entries stand here, and the checkpoint of ${fault.at} signed ${fault.checkpointSize}.`;
    case 'rewritten':
      return `Entries up to ${fault.checkpointSize} are not those that the checkpoint of ${fault.at} signed: written anew.`;
    case 'bad-checkpoint':
      return `The checkpoint ${fault.name} counts for nothing: ${fault.why}.`;
  }
}

function inWords(verified: Verified, checkpointsGiven: number | null): string[] {
  const { size, writers, faults, hasMoreFaults, heldUpTo, checkpointsHeld } = verified;
  const lines = faults.map(tell);
  if (hasMoreFaults) lines.push('There is more of this.');
  const whole = `${size} entries of ${writers} ${writers === 1 ? 'api' : 'apis'}`;
  lines.push(faults.length === 0 ? `The chain holds: ${whole}.` : `The chain does not hold: ${whole} stand in it.`);
  if (checkpointsGiven === null)
    lines.push('Whether its end was cut off or written anew cannot be seen without checkpoints: --checkpoints DIR.');
  else if (heldUpTo === 0)
    lines.push(`None of ${checkpointsGiven} checkpoints confirms it, so a cut or rewritten end cannot be excluded.`);
  else
    lines.push(
      `${checkpointsHeld} of ${checkpointsGiven} checkpoints confirm it, the newest up to entry ${heldUpTo}` +
        (heldUpTo < size ? `; what was cut off or written anew behind that cannot be seen.` : '.'),
    );
  return lines;
}
