/** The Ed25519 key that signs checkpoints of the audit and evidence packs: a file that its owner alone may read. */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface SigningKey {
  /** SHA-256 of the public key (SPKI, DER), hexadecimal. */
  readonly keyId: string;
  readonly publicKey: KeyObject;
  /** Ed25519, base64url. */
  sign(bytes: Uint8Array): string;
}

const OTHERS_MAY = 0o077;

export function keyIdOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/** A private or a public key as PEM; throws where it is no Ed25519 key. */
export function readPublicKey(pem: string | Buffer): KeyObject {
  const key = createPublicKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error(`it is a key of ${key.asymmetricKeyType}, not of Ed25519`);
  return key;
}

/** Makes the file with a new key and, beside it, `FILE.pub` for those who verify. Never writes over one. */
export function makeSigningKey(file: string): void {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  mkdirSync(dirname(file), { recursive: true });
  const handle = openSync(file, 'wx', 0o600);
  try {
    writeFileSync(handle, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  writeFileSync(`${file}.pub`, publicKey.export({ type: 'spki', format: 'pem' }), { mode: 0o644 });
}

/** Reads the key; throws, saying which file, where others may read it, it is missing or it is none. */
export function readSigningKey(file: string): SigningKey {
  if (!existsSync(file)) throw new Error(`TAGWATCH_SIGNING_KEY_FILE: there is no file ${file}`);
  const mode = statSync(file).mode & 0o777;
  if ((mode & OTHERS_MAY) !== 0 && process.platform !== 'win32')
    throw new Error(
      `TAGWATCH_SIGNING_KEY_FILE: ${file} may be read or written by others (${mode.toString(8)}). chmod 600 it`,
    );
  try {
    const pem = readFileSync(file);
    const privateKey = createPrivateKey(pem);
    const publicKey = readPublicKey(pem);
    return {
      keyId: keyIdOf(publicKey),
      publicKey,
      sign: (bytes) => sign(null, bytes, privateKey).toString('base64url'),
    };
  } catch (error) {
    throw new Error(
      `TAGWATCH_SIGNING_KEY_FILE: ${file} cannot be used: ${error instanceof Error ? error.message : error}`,
    );
  }
}
