/** The built program as a process of its own, as an operator would run it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';

const LISTENING = /tagwatch listening on (http:\/\/\S+)/;
/** As the image starts it (docs/operations.md). */
const ROOM_FOR_THE_YOUNG = '--max-semi-space-size=64';
const START_LIMIT_MS = 120_000;
const STOP_LIMIT_MS = 30_000;
const LOG_TAIL_CHARACTERS = 4_000;

export interface Program {
  readonly url: string;
  readonly pid: number;
  /** SIGTERM, SIGKILL after a time; answers whether it ended in order. */
  stop(): Promise<boolean>;
}

/** Starts `tagwatch serve` on a free port of 127.0.0.1 with `env` alone of what concerns it. */
export async function startProgram(
  root: string,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<Program> {
  const logFile = join(folder, 'tagwatch.log');
  const log = createWriteStream(logFile);
  const child = spawn(process.execPath, [ROOM_FOR_THE_YOUNG, join(root, 'dist', 'main.js'), 'serve'], {
    env: {
      ...withoutOurs(process.env),
      TAGWATCH_DATA_DIR: join(folder, 'data'),
      TAGWATCH_HOST: '127.0.0.1',
      TAGWATCH_PORT: '0',
      TAGWATCH_LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.pipe(log);
  const stop = () => end(child);
  try {
    return { url: await listening(child), pid: child.pid!, stop };
  } catch (error) {
    await stop();
    const tail = readFileSync(logFile, 'utf8').slice(-LOG_TAIL_CHARACTERS);
    throw new Error(`The program did not start: ${(error as Error).message}\n${tail}`);
  }
}

function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isOurs = (name: string) => /^(TAGWATCH_|KAFKA_)/.test(name) || name === 'DATABASE_URL';
  return Object.fromEntries(Object.entries(env).filter(([name]) => !isOurs(name)));
}

function listening(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`not listening after ${START_LIMIT_MS} ms`)), START_LIMIT_MS);
    let output = '';
    child.stdout!.on('data', (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-LOG_TAIL_CHARACTERS);
      const found = LISTENING.exec(output);
      if (!found) return;
      clearTimeout(limit);
      resolve(found[1]!);
    });
    child.once('exit', (code, signal) => {
      clearTimeout(limit);
      reject(new Error(`ended with ${code ?? signal}`));
    });
  });
}

async function end(child: ChildProcess): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode === 0;
  const limit = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const [code] = await ended;
  clearTimeout(limit);
  return code === 0;
}
