/** Another system, as it might be in a control room: it takes the demonstration's webhooks, checks each signature, and says what it got. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';

const HOST = '127.0.0.1';
const BODY_LIMIT_BYTES = 65_536;
/** Told one by one; the others are counted. */
const TOLD = 20;

export interface DemoReceiver {
  /** The file of `TAGWATCH_HANDOFF_FILE` that names it. */
  readonly handoffFile: string;
  readonly url: string;
  readonly secret: string;
  /** What came more than once counts once. */
  got(): { readonly events: number; readonly refused: number };
  stop(): Promise<void>;
}

export async function startDemoReceiver(dataDir: string, say: (text: string) => void): Promise<DemoReceiver> {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  const webhook = new Webhook(secret);
  const known = new Set<string>();
  let refused = 0;

  /** Throws what is not signed, too old or no JSON. */
  function take(body: string, headers: IncomingMessage['headers']): void {
    const event = webhook.verify(body, headers as Record<string, string>) as {
      readonly type: string;
      readonly data: { readonly kind: string; readonly severity: string };
    };
    const id = String(headers['webhook-id']);
    if (known.has(id)) return;
    known.add(id);
    const { kind, severity } = event.data;
    if (known.size <= TOLD) say(`  webhook received, signature verified: ${event.type} (${kind}, ${severity})`);
    if (known.size === TOLD) say('  further webhooks are counted, and told at the end');
  }

  const server = createServer(async (request, response) => {
    let body = '';
    try {
      for await (const chunk of request.setEncoding('utf8')) {
        body += chunk;
        if (body.length > BODY_LIMIT_BYTES) throw new Error('too long');
      }
      take(body, request.headers);
      response.writeHead(204).end();
    } catch {
      refused++;
      response.writeHead(401).end();
    }
  });
  server.listen(0, HOST);
  await once(server, 'listening');
  const url = `http://${HOST}:${(server.address() as AddressInfo).port}/tagwatch`;
  const [handoffFile, secretFile] = [join(dataDir, 'handoff.json'), join(dataDir, 'webhook-secret')];
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(secretFile, secret, { mode: 0o600 });
  const webhooks = [{ id: 'demonstration', url, secretFiles: [secretFile] }];
  writeFileSync(handoffFile, JSON.stringify({ webhooks }, null, 2));
  return {
    handoffFile,
    url,
    secret,
    got: () => ({ events: known.size, refused }),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
