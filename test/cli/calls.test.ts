/** What the built program says of itself and of a call that it does not understand: short, and where more is told. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'main.js');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tagwatch-calls-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function call(args: readonly string[], env: Record<string, string> = {}) {
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const given = { PATH: process.env.PATH, TAGWATCH_DATA_DIR: join(folder, 'none'), ...env };
    execFile(process.execPath, [MAIN, ...args], { env: given, cwd: folder }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}

describe('tagwatch --help', () => {
  // A process for each command, on a machine that may be busy.
  it('names every command, and each of them explains itself', { timeout: 240_000 }, async () => {
    const { code, out } = await call(['--help']);
    expect(code).toBe(0);
    const commands = new Set([...out.matchAll(/^ {2}tagwatch ([a-z]+(?: [a-z]+)?)/gm)].map((match) => match[1]!));
    expect(commands.size).toBeGreaterThan(6);
    for (const command of commands) {
      const help = await call([...command.split(' '), '--help']);
      expect(help.code, command).toBe(0);
      expect(help.out, command).toMatch(new RegExp(`^(Usage: )?tagwatch ${command}`));
      expect(help.err, command).toBe('');
    }
  });
});

describe('a call that is not understood', () => {
  it.each<[what: string, args: readonly string[], said: RegExp, env?: Record<string, string>]>([
    ['an option that is not there', ['serve', '--role', 'engine'], /^tagwatch serve: Unknown option '--role'/],
    ['a word too much', ['migrate', 'now'], /^tagwatch migrate: Unexpected argument 'now'/],
    ['an option of the demo that is not there', ['demo', '--intervall', '3'], /^tagwatch demo: Unknown option/],
    ['a port that is none', ['demo', '--port', 'abc'], /^tagwatch demo: --port must be a number from 0 to 65535/],
    ['no alert', ['explain'], /^tagwatch explain: it takes one ALERT-ID/],
    ['no file', ['replay'], /FILE/],
    ['no pack', ['evidence', 'verify'], /^tagwatch evidence verify: it takes one PACK.zip/],
    [
      'a pack for no purpose',
      ['evidence', 'make', '--alert', 'X'],
      /^tagwatch evidence make: a pack says what it is for/,
    ],
    ['no command of keys', ['keys'], /^tagwatch keys: it takes make/],
    ['no folder', ['zones', 'validate'], /PATHS/],
  ])('%s: one line of what is wrong, one of where more is told', async (_, args, said) => {
    const { code, out, err } = await call(args);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(said);
    expect(err.trim().split('\n')).toHaveLength(2);
    expect(err).toMatch(new RegExp(`"tagwatch ${args[0]} --help"`));
  });

  it('a role that is not there is named, with those that are', async () => {
    const { code, err } = await call(['serve', '--roles', 'engine,watcher']);
    expect(code).toBe(2);
    expect(err).toContain('there is no role "watcher"; there are intake, engine, recorder, publisher, handoff, api');
  });
});

describe('a call that cannot be answered', () => {
  it('explain makes no database where there is none to read', async () => {
    const { code, err } = await call(['explain', 'A-1']);
    expect(code).toBe(1);
    expect(err).toMatch(/there is no data folder .* Set DATABASE_URL, or TAGWATCH_DATA_DIR/);
  });

  it('a port that is taken is said with what to do', async () => {
    const { createServer } = await import('node:net');
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const { code, err } = await call(['serve'], { TAGWATCH_PORT: String(port), TAGWATCH_LOG_LEVEL: 'silent' });
    server.close();
    expect(code).toBe(1);
    expect(err).toContain(`port ${port} of 127.0.0.1 is taken by another program. Set TAGWATCH_PORT to another one`);
  });
});
