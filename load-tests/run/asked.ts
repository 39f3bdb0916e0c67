/** What a benchmark is asked for: its options with their bounds, and the help that says them, in one table. */
import type { parseArgs } from 'node:util';
import { readArguments } from '../../src/cli/arguments.js';

/** `read` throws with what may stand there. */
interface Option<T> {
  /** What stands behind its name in the help; null: nothing, it is a switch. */
  readonly value: string | null;
  readonly normal: T;
  readonly says: string;
  read(text: string): T;
}

/** A whole number from `from` to `to`. */
export function wholeNumber(normal: number, from: number, to: number, says = ''): Option<number> {
  return {
    value: 'N',
    normal,
    says: `${says} (${normal})`.trim(),
    read(text) {
      const number = Number(text);
      if (text.trim() === '' || !Number.isInteger(number) || number < from || number > to)
        throw new Error(`a whole number, ${from} to ${to}`);
      return number;
    },
  };
}

/** A text of its own kind. */
export function words<T>(value: string, normal: T, says: string, read: (text: string) => T): Option<T> {
  return { value, normal, says, read };
}

export const JSON_FILE = words<string | null>('FILE', null, 'the figures as JSON, too', (text) => text);

export function toggle(says: string): Option<boolean> {
  return { value: null, normal: false, says, read: () => true };
}

type Options = Readonly<Record<string, Option<unknown>>>;
type Asked<O extends Options> = { readonly [Name in keyof O]: O[Name] extends Option<infer T> ? T : never };

function helpOf(name: string | null, options: Options): string {
  const lines = Object.entries(options).map(([key, { value, says }]) => [`--${key}${value ? ` ${value}` : ''}`, says]);
  const width = Math.max(...lines.map(([option]) => option!.length)) + 2;
  const usage = `npm run bench -- ${name === null ? '' : `--${name} `}[OPTIONS]`;
  return [usage, '', ...lines.map(([option, says]) => `  ${option!.padEnd(width)}${says}`)].join('\n');
}

/** `name`: the word by which the benchmark is chosen, null where it needs none. A number is the exit code: it has said why. */
export function readAsked<O extends Options>(
  name: string | null,
  options: O,
  argv = process.argv.slice(2),
): Asked<O> | number {
  const help = helpOf(name, options);
  const types = Object.entries(options).map(([key, { value }]) => [
    key,
    { type: value === null ? 'boolean' : 'string' },
  ]);
  const known = Object.fromEntries([
    ...types,
    ['help', { type: 'boolean', short: 'h' }],
    [name ?? 'help', { type: 'boolean' }],
  ]);
  let given: Readonly<Record<string, unknown>>;
  try {
    given = readArguments({ args: [...argv], options: known } as Parameters<typeof parseArgs>[0]).values;
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`);
    return 2;
  }
  if (given['help'] === true) {
    console.log(help);
    return 0;
  }
  const asked: Record<string, unknown> = {};
  for (const [key, option] of Object.entries(options)) {
    const text = given[key];
    try {
      asked[key] = text === undefined ? option.normal : option.read(String(text));
    } catch (error) {
      console.error(`--${key} ${text}: ${(error as Error).message}\n\n${help}`);
      return 2;
    }
  }
  return asked as Asked<O>;
}
