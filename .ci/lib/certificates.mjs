/** A key and a certificate for 127.0.0.1, and who signed it: for these tests alone. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installPackages, outputOf, runCommand } from './processes.mjs';

export function makeCertificates(directory) {
  if (outputOf('openssl', ['version']) === null) installPackages(['openssl']);
  const at = (name) => join(directory, name);
  const openssl = (...args) => runCommand('openssl', args, { cwd: directory, stdio: 'ignore' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl('req', '-x509', ...key, '-days', '30', '-subj', '/CN=tagwatch tests', '-keyout', 'ca.key', '-out', 'ca.pem');
  openssl('req', ...key, '-subj', '/CN=127.0.0.1', '-keyout', 'server.key', '-out', 'server.csr');
  writeFileSync(at('server.ext'), 'subjectAltName=IP:127.0.0.1\n');
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '30', '-extfile', 'server.ext'];
  openssl('x509', '-req', '-in', 'server.csr', ...signing, '-out', 'server.pem');
  return { caFile: at('ca.pem'), keyFile: at('server.key'), certificateFile: at('server.pem') };
}
