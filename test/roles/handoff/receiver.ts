/** A receiver of webhooks for tests, over HTTP: it verifies, fails when it is told to, and dies. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export interface Taken {
  readonly id: string;
  readonly body: { readonly type: string; readonly timestamp: string; readonly data: Record<string, unknown> };
}

/** `lost`: it is taken, and the sender never hears of it. */
export type Answer = 'take' | 'refuse' | 'lost';

export interface TestReceiver {
  readonly url: string;
  /** Everything that was taken, in order, and as often as it was. */
  readonly taken: Taken[];
  requests(): number;
  die(): Promise<void>;
  comeBack(): Promise<void>;
}

export async function startReceiver(answer: (requests: number, taken: Taken) => Answer): Promise<TestReceiver> {
  const webhook = new Webhook(SECRET);
  const taken: Taken[] = [];
  let requests = 0;
  let port = 0;
  let server: Server;

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body = webhook.verify(text, request.headers as Record<string, string>) as Taken['body'];
    const one = { id: String(request.headers['webhook-id']), body };
    const what = answer(++requests, one);
    if (what !== 'refuse') taken.push(one);
    if (what === 'lost') response.destroy();
    else response.writeHead(what === 'take' ? 204 : 503).end();
  }

  async function listen(): Promise<void> {
    server = createServer((request, response) => {
      handle(request, response).catch(() => {
        if (!response.destroyed) response.writeHead(401).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  }
  await listen();

  return {
    url: `http://127.0.0.1:${port}/tagwatch`,
    taken,
    requests: () => requests,
    async die() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
    comeBack: listen,
  };
}
