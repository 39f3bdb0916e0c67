/** `TAGWATCH_HANDOFF_FILE`: every place that is wrong is named, and no secret is. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseHandoff, readHandoffFile } from '../../src/start/handoff-file.js';

const SECRET = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const parse = (webhooks: unknown, secret = SECRET) => parseHandoff(JSON.stringify({ webhooks }), () => secret);
const one = { id: 'cad', url: 'https://cad.example/hooks', secretFiles: ['/run/secrets/cad'] };

test('a receiver has an id, an address and one secret, or two while it is changed', () => {
  expect(parse([one], `${SECRET}\n`)).toEqual([{ receiverId: 'cad', url: one.url, secrets: [SECRET] }]);
  expect(parse([{ ...one, secretFiles: ['a', 'b'] }])).toMatchObject([{ secrets: [SECRET, SECRET] }]);
  expect(parse([])).toEqual([]);
});

test.each([
  [[one, one], /\/webhooks\/1\/id "cad" stands twice/],
  [[{ ...one, url: 'http://cad.example' }], /\/webhooks\/0\/url must be an https address/],
  [[{ ...one, url: 'https://user:pw@cad.example' }], /\/webhooks\/0\/url must be an https address/],
  [[{ ...one, secretFiles: [] }], /\/webhooks\/0\/secretFiles/],
  [[{ ...one, id: 'a b' }], /\/webhooks\/0\/id/],
  [[{ ...one, secret: SECRET }], /\/webhooks\/0/],
])('%j', (webhooks, message) => {
  expect(() => parse(webhooks)).toThrow(message);
});

test.each(['', 'hunter2', 'whsec_aGk=', `whsec_${Buffer.alloc(65).toString('base64')}`])('secret %j', (secret) => {
  expect(() => parse([one], secret)).toThrow(/secretFiles\/0 \/run\/secrets\/cad must hold one line: whsec_/);
});

test('secrets are files beside it', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tagwatch-test-'));
  writeFileSync(join(directory, 'cad'), SECRET);
  writeFileSync(join(directory, 'handoff.json'), JSON.stringify({ webhooks: [{ ...one, secretFiles: ['cad'] }] }));
  expect(readHandoffFile(join(directory, 'handoff.json'))).toMatchObject([{ secrets: [SECRET] }]);
  rmSync(directory, { recursive: true });
  expect(() => readHandoffFile(join(directory, 'handoff.json'))).toThrow(/^TAGWATCH_HANDOFF_FILE: .* cannot be used/);
});

const mailServer = { host: 'mail.example', port: 587, tls: 'starttls', from: 'tagwatch@force.example' };
const box = { id: 'sergeants', address: 'duty@force.example', escalatedTo: ['sergeant'] };
const parseMail = (content: object) => parseHandoff(JSON.stringify(content), (path) => `of ${path}\n`);

test('a mailbox has an id, an address and the roles whose alerts it is told of; the server is one', () => {
  const login = { user: 'tagwatch', passwordFile: 'password', caFile: 'ca.pem' };
  expect(parseMail({ mailServer: { ...mailServer, ...login }, mailboxes: [box] })).toEqual([
    {
      receiverId: 'sergeants',
      address: box.address,
      escalatedTo: ['sergeant'],
      server: { ...mailServer, login: { user: 'tagwatch', password: 'of password' }, ca: 'of ca.pem' },
    },
  ]);
  const loopback = { ...mailServer, host: '127.0.0.1', tls: 'none' };
  expect(parseMail({ mailServer: loopback, mailboxes: [box] })).toHaveLength(1);
});

test.each([
  [{ mailboxes: [box] }, /\/mailboxes need a \/mailServer/],
  [
    { mailServer: { ...mailServer, tls: 'none' }, mailboxes: [box] },
    /\/mailServer\/tls may be "none" for this machine/,
  ],
  [{ mailServer: { ...mailServer, user: 'u' }, mailboxes: [box] }, /a user and a passwordFile, or neither/],
  [{ mailServer, mailboxes: [box, box] }, /\/mailboxes\/1\/id "sergeants" stands twice/],
  [{ mailServer, mailboxes: [box], webhooks: [{ ...one, id: 'sergeants' }] }, /"sergeants" stands twice/],
  [{ mailServer, mailboxes: [{ ...box, address: 'Duty <duty@force.example>' }] }, /\/mailboxes\/0\/address/],
  [{ mailServer, mailboxes: [{ ...box, escalatedTo: ['chief'] }] }, /\/mailboxes\/0\/escalatedTo/],
])('%j is refused', (content, message) => {
  expect(() => parseMail(content)).toThrow(message);
});
