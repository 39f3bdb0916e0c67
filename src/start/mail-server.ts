/** The mail server of `TAGWATCH_HANDOFF_FILE`: by whom mails are sent, and how the way there is kept. */
import { Type } from 'typebox';
import type { MailServer } from '../roles/handoff/send-mail.js';
import { isLoopback } from './loopback.js';
import type { ReadFile } from './secrets.js';

const closed = { additionalProperties: false } as const;
const Path = Type.String({ minLength: 1, maxLength: 4_096 });
/** No names and no quotes: what it takes is an address that can stand in a header as it is. */
export const MailAddress = Type.String({ pattern: '^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+$', maxLength: 254 });

export const MailServerFields = Type.Object(
  {
    host: Type.String({ pattern: '^[A-Za-z0-9.:-]{1,253}$' }),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    tls: Type.Enum(['implicit', 'starttls', 'none']),
    user: Type.Optional(Type.String({ minLength: 1, maxLength: 320 })),
    passwordFile: Type.Optional(Path),
    caFile: Type.Optional(Path),
    from: MailAddress,
  },
  closed,
);

/** What is wrong goes among the errors; then what is answered is not to be used. */
export function readMailServer(
  { host, port, tls, user, passwordFile, caFile, from }: Type.Static<typeof MailServerFields>,
  readFile: ReadFile,
  errors: string[],
): MailServer {
  if (tls === 'none' && !isLoopback(host))
    errors.push('/mailServer/tls may be "none" for this machine alone: "implicit" (465) or "starttls" (587)');
  if ((user === undefined) !== (passwordFile === undefined))
    errors.push('/mailServer has a user and a passwordFile, or neither');
  const read = (name: 'passwordFile' | 'caFile', path: string): string => {
    try {
      const text = readFile(path).replace(/\r?\n$/, '');
      if (text === '') errors.push(`/mailServer/${name} ${path} is empty`);
      return text;
    } catch (error) {
      errors.push(
        `/mailServer/${name} ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      );
      return '';
    }
  };
  const password = passwordFile === undefined ? '' : read('passwordFile', passwordFile);
  return {
    host,
    port,
    tls,
    login: user === undefined ? null : { user, password },
    ca: caFile === undefined ? null : read('caFile', caFile),
    from,
  };
}
