/** `tagwatch keys`: the key that signs evidence packs and checkpoints of the audit. */

import { makeKey, readRegister, registerFileOf, revokeKey, rotateKey } from '../evidence/key-register.js';
import type { TrustedKey } from '../evidence/trusted-keys.js';
import { readArguments } from './arguments.js';

const HELP = `tagwatch keys make | list | rotate | revoke KEY-ID --reason TEXT | print [KEY-ID]

The Ed25519 key of TAGWATCH_SIGNING_KEY_FILE, else signing-key.pem in TAGWATCH_DATA_DIR: it signs evidence packs and checkpoints of the
audit (each of which is verified with the public part of the key that signed it). Its file is readable by its owner
alone. Beside it FILE.pub is its public part, and FILE.trusted.json the register of every key that ever signed: give either to whoever
verifies ("tagwatch evidence verify PACK.zip --keys FILE").

  make      makes the first key; never writes over one
  list      the keys that ever signed, with the time over which each did
  rotate    makes the next key; the one before stays trusted for what it signed, and its private part is destroyed. What runs signs
            with the next one from its next signature on
  revoke    from now on nothing that this key signed is trusted, whatever its date: whoever stole the key writes the date
  print     the public key as PEM with its id, for paper

  --file FILE     another file
  --reason TEXT   why it is revoked

Exit codes: 0 done; 1 it could not be done, and why is said; 2 the call was not understood.`;

export interface KeysDeps {
  readonly keyFile: string;
  readonly now: () => string;
  readonly out?: (line: string) => void;
  readonly err?: (line: string) => void;
}

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  file: { type: 'string' },
  reason: { type: 'string' },
} as const;

/** Answers the exit code. */
export function keys(argv: readonly string[], deps: KeysDeps): number {
  const { now, out = console.log, err = console.error } = deps;
  const { values, positionals } = readArguments({ args: [...argv], options: OPTIONS, allowPositionals: true });
  const [command, keyId, ...more] = positionals;
  if (values.help) {
    out(HELP);
    return 0;
  }
  const refuse = (why: string): number => {
    err(`tagwatch keys: ${why}`);
    err('"tagwatch keys --help" tells more.');
    return 2;
  };
  const keyFile = values.file ?? deps.keyFile;
  if (command === undefined || !['make', 'list', 'rotate', 'revoke', 'print'].includes(command))
    return refuse('it takes make, list, rotate, revoke or print.');
  if (more.length > 0 || (keyId !== undefined && command !== 'revoke' && command !== 'print'))
    return refuse(`${command} takes no more than that.`);
  try {
    switch (command) {
      case 'make':
        tellMade(makeKey(keyFile, now()), keyFile, out);
        return 0;
      case 'rotate':
        tellMade(rotateKey(keyFile, now), keyFile, out);
        return 0;
      case 'revoke': {
        if (keyId === undefined || values.reason === undefined) return refuse('revoke takes KEY-ID and --reason TEXT.');
        out(`Revoked: ${lineOf(revokeKey(keyFile, keyId, values.reason, now()))}`);
        out(
          `Give ${registerFileOf(keyFile)} to everybody who verifies: who has the one of before still trusts the key.`,
        );
        return 0;
      }
      case 'print': {
        const meant = readRegister(keyFile).filter((key) => key.keyId.startsWith(keyId ?? ''));
        if (meant.length === 0) throw new Error(`there is no such key in ${registerFileOf(keyFile)}`);
        for (const key of meant) out(`${lineOf(key)}\n${key.publicKey.trim()}`);
        return 0;
      }
      default:
        for (const key of readRegister(keyFile)) out(lineOf(key));
        return 0;
    }
  } catch (error) {
    err(`tagwatch keys: ${error instanceof Error ? error.message : error}`);
    return 1;
  }
}

function tellMade(key: TrustedKey, keyFile: string, out: (line: string) => void): void {
  out(lineOf(key));
  out(`It signs from now on: ${keyFile}. Public: ${keyFile}.pub and ${registerFileOf(keyFile)}.`);
}

function lineOf({ keyId, validFrom, validTo, revokedAt, reason }: TrustedKey): string {
  const until = validTo === undefined ? '' : `, until ${validTo}`;
  const revoked = revokedAt === undefined ? '' : `, revoked at ${revokedAt}: ${reason ?? 'no reason was said'}`;
  return `${keyId} since ${validFrom}${until}${revoked}`;
}
