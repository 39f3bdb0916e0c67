/** A real mail server for tests: it takes, refuses, dies, and says by which way what it has came in. */
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface MailTaken {
  readonly from: string;
  readonly to: readonly string[];
  readonly isEncrypted: boolean;
  readonly user: string | null;
  /** Headers and text, as they came. */
  readonly text: string;
}

export interface TestMailServer {
  readonly port: number;
  readonly taken: MailTaken[];
  tries(): number;
  die(): Promise<void>;
  comeBack(): Promise<void>;
}

export type MailAnswer = 'take' | 'refuse';

export async function startMailServer(
  answer: () => MailAnswer,
  options: SMTPServerOptions = {},
): Promise<TestMailServer> {
  const taken: MailTaken[] = [];
  let tries = 0;
  let port = 0;
  let server: SMTPServer;

  async function listen(): Promise<void> {
    server = new SMTPServer({
      authOptional: options.onAuth === undefined,
      disabledCommands: options.onAuth === undefined ? ['AUTH'] : [],
      logger: false,
      ...options,
      onData(stream, session, done) {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          tries++;
          if (answer() === 'refuse')
            return done(Object.assign(new Error('no: secret-of-the-server'), { responseCode: 451 }));
          const { mailFrom, rcptTo } = session.envelope;
          taken.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address),
            isEncrypted: session.secure,
            user: typeof session.user === 'string' ? session.user : null,
            text: Buffer.concat(chunks).toString(),
          });
          done();
        });
      },
    });
    // What a client does with it is the client's to tell.
    server.on('error', () => {});
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()));
    port = (server.server.address() as AddressInfo).port;
  }
  await listen();

  return {
    get port() {
      return port;
    },
    taken,
    tries: () => tries,
    die: () => new Promise<void>((resolve) => server.close(() => resolve())),
    comeBack: listen,
  };
}
