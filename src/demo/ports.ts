/** A port to listen on. */
import { once } from 'node:events';
import { createServer } from 'node:net';

/** How many ports after the wanted one are tried before any free one is taken. */
const NEIGHBOURS_TRIED = 20;

async function isFree(port: number, host: string): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ port, host, exclusive: true });
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    return true;
  } catch {
    return false;
  }
}

/** The wanted port or the next free one; 0 (any) where none of the neighbours is. */
export async function nextFreePort(wanted: number, host: string): Promise<number> {
  for (let port = wanted; port <= Math.min(65_535, wanted + NEIGHBOURS_TRIED); port++) {
    if (await isFree(port, host)) return port;
  }
  return 0;
}
