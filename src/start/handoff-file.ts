/** `TAGWATCH_HANDOFF_FILE`: who is told of alerts, by signed webhooks and by e-mail. Secrets stand in files of their own. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Type from 'typebox';
import { Compile } from 'typebox/compile';
import { parseCheckedFile } from '../http/plugins/checked-file.js';
import type { Receiver } from '../roles/handoff/handoff.js';
import { isTrustworthy } from './loopback.js';
import { MailAddress, MailServerFields, readMailServer } from './mail-server.js';
import { readNamed } from './named-file.js';
import type { ReadFile } from './secrets.js';

const closed = { additionalProperties: false } as const;
const Path = Type.String({ minLength: 1, maxLength: 4_096 });
const Id = Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' });
const file = Compile(
  Type.Object(
    {
      webhooks: Type.Optional(
        Type.Array(
          Type.Object(
            {
              id: Id,
              url: Type.String({ maxLength: 2_048 }),
              secretFiles: Type.Array(Path, { minItems: 1, maxItems: 2 }),
            },
            closed,
          ),
          { maxItems: 20 },
        ),
      ),
      mailServer: Type.Optional(MailServerFields),
      mailboxes: Type.Optional(
        Type.Array(
          Type.Object(
            {
              id: Id,
              address: MailAddress,
              escalatedTo: Type.Array(Type.Enum(['supervisor', 'sergeant']), { minItems: 1, uniqueItems: true }),
            },
            closed,
          ),
          { maxItems: 20 },
        ),
      ),
    },
    closed,
  ),
);
/** As Standard Webhooks has it: 24 to 64 bytes, base64, behind `whsec_`. */
const SECRET = /^whsec_([A-Za-z0-9+/]+={0,2})$/;
const SECRET_BYTES = { min: 24, max: 64 };

/** Throws, naming every place that is wrong. */
export function parseHandoff(text: string, readSecret: ReadFile): readonly Receiver[] {
  const { webhooks = [], mailboxes = [], mailServer } = parseCheckedFile(file, text);
  const errors: string[] = [];
  const ids = new Set<string>();
  const noteId = (pointer: string, id: string) => {
    if (ids.has(id)) errors.push(`${pointer}/id "${id}" stands twice`);
    ids.add(id);
  };
  const told = webhooks.map(({ id, url, secretFiles }, i): Receiver => {
    noteId(`/webhooks/${i}`, id);
    if (!isTrustworthy(url) || new URL(url).username !== '')
      errors.push(`/webhooks/${i}/url must be an https address without a user (http: this machine alone)`);
    const secrets = secretFiles.map((path, n) => {
      const secret = readSecretOf(path, readSecret);
      if (!('error' in secret)) return secret.text;
      errors.push(`/webhooks/${i}/secretFiles/${n} ${secret.error}`);
      return '';
    });
    return { receiverId: id, url, secrets };
  });
  const server = mailServer === undefined ? null : readMailServer(mailServer, readSecret, errors);
  if (server === null && mailboxes.length > 0) errors.push('/mailboxes need a /mailServer');
  const mailed = mailboxes.flatMap(({ id, address, escalatedTo }, i): Receiver[] => {
    noteId(`/mailboxes/${i}`, id);
    return server === null ? [] : [{ receiverId: id, address, escalatedTo, server }];
  });
  if (errors.length > 0) throw new Error(errors.join('; '));
  return [...told, ...mailed];
}

function readSecretOf(path: string, readSecret: ReadFile): { readonly text: string } | { readonly error: string } {
  let text: string;
  try {
    text = readSecret(path).trim();
  } catch (error) {
    return { error: `${path} cannot be read: ${error instanceof Error ? error.message : String(error)}` };
  }
  const bytes = Buffer.from(SECRET.exec(text)?.[1] ?? '', 'base64').length;
  const { min, max } = SECRET_BYTES;
  if (bytes >= min && bytes <= max) return { text };
  return { error: `${path} must hold one line: whsec_ and ${min} to ${max} random bytes as base64` };
}

/** Files of secrets are named from the folder of this file. Throws where it cannot be used, saying why. */
export function readHandoffFile(path: string): readonly Receiver[] {
  const readSecret = (name: string) => readFileSync(resolve(dirname(path), name), 'utf8');
  return readNamed('TAGWATCH_HANDOFF_FILE', path, (text) => parseHandoff(text, readSecret));
}
