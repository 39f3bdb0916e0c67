/** The signing key of the configuration; made in the data folder where none is named and there is none yet. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '../ports/log.js';
import { makeSigningKey, readSigningKey, type SigningKey } from '../signing-key.js';
import type { Config } from './config.js';

type KeyConfig = Pick<Config, 'signingKeyFile' | 'dataDir'>;

export const signingKeyFileOf = ({ signingKeyFile, dataDir }: KeyConfig): string =>
  signingKeyFile ?? join(dataDir, 'signing-key.pem');

export const publicKeyFileOf = (config: KeyConfig): string => `${signingKeyFileOf(config)}.pub`;

/** Answers how to read the key, which may be rotated meanwhile. Throws where a key that is named cannot be used, saying why. */
export function openSigningKey(config: KeyConfig, logger: Log): () => SigningKey {
  const file = signingKeyFileOf(config);
  if (config.signingKeyFile === null && !existsSync(file)) {
    try {
      makeSigningKey(file);
    } catch (error) {
      // Another process of this folder was first.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const what =
      'a signing key was made; keep a copy of its public half elsewhere, and give every recorder the same key';
    logger.info({ file, publicKey: publicKeyFileOf(config) }, what);
  }
  const read = () => readSigningKey(file);
  read();
  return read;
}
