/** Who asks a benchmark for help gets it; who asks it for what there is not, is told so in a sentence. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const BOOTSTRAP = fileURLToPath(new URL('../scripts/bootstrap.mjs', import.meta.url));

const run = (...args: readonly string[]) =>
  new Promise<{ readonly code: unknown; readonly out: string; readonly err: string }>((resolve) => {
    execFile(process.execPath, [BOOTSTRAP, ...args], (error, out, err) =>
      resolve({ code: error?.code ?? 0, out, err }),
    );
  });

it.each([
  'bench',
  'bench --path',
  'bench --import',
  'bench --move',
  'bench --memory',
  'bench --audit',
  'bench --feed',
  'bench --zone-put',
  'bench --matching',
  'bench --pack',
  'load',
])('%s', async (command) => {
  const given = command.split(' ');
  const help = await run(...given, '--help');
  expect(help).toMatchObject({ code: 0, err: '' });
  expect(help.out).toContain(`npm run ${given.join(' -- ')} `);
  const wrong = await run(...given, '--nonsense');
  expect(wrong.code).toBe(2);
  expect(wrong.err).toMatch(/^Unknown option '--nonsense'\n\nnpm run /);
});

it('says what a number may be', async () => {
  const { code, err } = await run('bench', '--memory', '--tags', '5');
  expect(code).toBe(2);
  expect(err).toMatch(/^--tags 5: a whole number, 100 to 100000\n/);
});
