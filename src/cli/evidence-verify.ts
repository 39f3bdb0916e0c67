/** `tagwatch evidence verify`: needs the pack, the engine and a public key, and neither database nor network. */

import { readFileSync } from 'node:fs';
import { readRegister } from '../evidence/key-register.js';
import { NODE_CRYPTO } from '../evidence/node-crypto.js';
import { type Certificate, readCertificates } from '../evidence/time-stamp/certificate.js';
import { readTrustedKeys, type TrustedKey } from '../evidence/trusted-keys.js';
import { verdictInWords } from '../evidence/verdict-words.js';
import { verifyPack } from '../evidence/verify-pack.js';
import { readArguments } from './arguments.js';
import type { EvidenceDeps } from './evidence-deps.js';

export const VERIFY_HELP = `tagwatch evidence verify PACK.zip [--keys FILE] [--authority FILE] [--full FULL.zip]

Answers separately: whether the contents are as they were, whether the signature is good, whether its key is trusted, what is known of
the time, whether the container is as it was made, and whether the engine finds the same again over the inputs in the pack.

  --keys FILE   a public key as PEM, or a register as "tagwatch keys" keeps it; the one of TAGWATCH_SIGNING_KEY_FILE unless given.
                A pack brings no key along: who can change a pack could change that as well.
  --authority FILE  certificates (PEM) of those whose time stamps are trusted, or of whoever certifies them. Without it a time stamp
                is told, and whether its authority is one to trust is not checked.
  --full FILE   beside a wearer-safe pack: the full one about the same alerts and time, signed by the same key. Answers whether the
                files that are withheld are what they were when the wearer-safe one was made.`;

export function verify(
  argv: readonly string[],
  deps: Pick<EvidenceDeps, 'keyFile' | 'program' | 'out' | 'err'>,
): number {
  const { out, err } = deps;
  const options = {
    help: { type: 'boolean', short: 'h' },
    keys: { type: 'string' },
    authority: { type: 'string' },
    full: { type: 'string' },
  } as const;
  const { values, positionals } = readArguments({ args: [...argv], options, allowPositionals: true });
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
    if (values.keys !== undefined) trusted = readTrustedKeys(readFileSync(values.keys, 'utf8'), NODE_CRYPTO);
    else trusted = readRegister(deps.keyFile);
  } catch (error) {
    err(`tagwatch evidence verify: the keys cannot be used: ${error instanceof Error ? error.message : error}`);
    return 1;
  }
  let authorities: readonly Certificate[] = [];
  try {
    if (values.authority !== undefined) authorities = readCertificates(readFileSync(values.authority, 'utf8'));
  } catch (error) {
    err(
      `tagwatch evidence verify: the certificates of authorities cannot be used: ${error instanceof Error ? error.message : error}`,
    );
    return 1;
  }
  const verdict = verifyPack(readFileSync(file), trusted, {
    crypto: NODE_CRYPTO,
    engine: deps.program.engine,
    authorities,
    ...(values.full !== undefined && { full: readFileSync(values.full) }),
  });
  for (const line of verdictInWords(verdict)) out(line);
  return verdict.verified ? 0 : 3;
}
