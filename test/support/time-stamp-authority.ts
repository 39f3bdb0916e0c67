/** A time stamp authority as one makes it with openssl alone: its own root, its certificate, and `openssl ts` behind HTTP. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const CONFIG = (folder: string) => `
[ca]
default_ca = own
[own]
dir = ${folder}
database = ${folder}/index.txt
new_certs_dir = ${folder}
serial = ${folder}/ca-serial
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[dn]
[req]
distinguished_name = dn
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[stamps]
basicConstraints = critical,CA:FALSE
extendedKeyUsage = critical,timeStamping
[plain]
basicConstraints = critical,CA:FALSE
[tsa]
default_tsa = stamping
[stamping]
serial = ${folder}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`;

export type KeyKind = 'rsa' | 'P-256' | 'P-384';

export interface Authority {
  /** PEM, of its root. */
  readonly rootFile: string;
  readonly certificateFile: string;
  /** The answer to a request (RFC 3161), as `openssl ts -reply` gives it. */
  reply(request: Uint8Array): Uint8Array;
  /** A request of openssl itself for other bytes, or the same ones with a nonce of its own. */
  query(bytes: Uint8Array): Uint8Array;
}

const run = (...argv: readonly string[]) => execFileSync('openssl', argv, { stdio: ['ignore', 'pipe', 'pipe'] });

function makeKey(file: string, kind: KeyKind): void {
  const options =
    kind === 'rsa' ? ['RSA', '-pkeyopt', 'rsa_keygen_bits:2048'] : ['EC', '-pkeyopt', `ec_paramgen_curve:${kind}`];
  run('genpkey', '-algorithm', ...options, '-out', file);
}

/** `validity`: of its certificate, e.g. `['20200101000000Z', '20210101000000Z']`. `use`: what it is for. */
export function makeAuthority(
  folder: string,
  {
    kind = 'rsa',
    validity = ['20260101000000Z', '20460101000000Z'],
    use = 'stamps',
  }: { kind?: KeyKind; validity?: readonly [string, string]; use?: 'stamps' | 'plain' } = {},
): Authority {
  mkdirSync(folder, { recursive: true });
  const file = (name: string) => join(folder, name);
  writeFileSync(file('config'), CONFIG(folder));
  for (const [name, text] of [
    ['index.txt', ''],
    ['ca-serial', '1001\n'],
    ['serial', '01\n'],
  ] as const)
    writeFileSync(file(name), text);
  const config = ['-config', file('config')];
  for (const name of ['root', 'tsa']) {
    makeKey(file(`${name}.key`), kind);
    const subject = name === 'root' ? '/CN=Example Root' : '/CN=Example Time Stamps';
    run('req', '-new', ...config, '-key', file(`${name}.key`), '-subj', subject, '-out', file(`${name}.csr`));
    const [from, to] = name === 'root' ? ['20190101000000Z', '20480101000000Z'] : validity;
    const signer = name === 'root' ? ['-selfsign'] : ['-cert', file('root.pem')];
    const extensions = name === 'root' ? 'root' : use;
    const dates = ['-startdate', from, '-enddate', to, '-extensions', extensions];
    const paths = ['-keyfile', file('root.key'), '-in', file(`${name}.csr`), '-out', file(`${name}.pem`)];
    run('ca', '-batch', '-notext', ...config, ...signer, ...dates, ...paths);
  }
  return {
    rootFile: file('root.pem'),
    certificateFile: file('tsa.pem'),
    reply(request) {
      writeFileSync(file('request.tsq'), request);
      const asked = ['-queryfile', file('request.tsq'), '-out', file('answer.tsr')];
      run('ts', '-reply', ...config, '-signer', file('tsa.pem'), '-inkey', file('tsa.key'), ...asked);
      return readFileSync(file('answer.tsr'));
    },
    query(bytes) {
      writeFileSync(file('data'), bytes);
      run('ts', '-query', '-data', file('data'), '-sha256', '-cert', '-out', file('own.tsq'));
      return readFileSync(file('own.tsq'));
    },
  };
}

/** Answers by HTTP what `answer` makes of a request; null: 500. */
export async function serveAuthority(
  answer: (request: Uint8Array) => Uint8Array | null,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const isAsked = request.headers['content-type'] === 'application/timestamp-query';
      const said = isAsked ? answer(Buffer.concat(parts)) : null;
      response.writeHead(said === null ? 500 : 200, { 'content-type': 'application/timestamp-reply' });
      response.end(said ?? '');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/tsr`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
