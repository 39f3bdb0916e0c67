/** Arguments of a command as `parseArgs` takes them. */
import { parseArgs } from 'node:util';

/** What Node adds to an unknown option: how an argument could begin with a minus, which none of a command does. */
const HINT = /\. To specify a positional argument .*$/s;

/** `parseArgs`; what is wrong is said in one sentence. */
export const readArguments: typeof parseArgs = (config) => {
  try {
    return parseArgs(config);
  } catch (error) {
    if (error instanceof Error) error.message = error.message.replace(HINT, '');
    throw error;
  }
};

type OptionTypes = Readonly<Record<string, { readonly type: 'string' | 'boolean'; readonly short?: string }>>;

/**
 * Arguments with every value that begins with a minus joined to its option (`--service-area=-8,49,2,61`): `parseArgs` calls it
 * ambiguous where it stands by itself. What begins with two, and a letter that is an option's short name, is an option.
 */
export function joinMinusValues(argv: readonly string[], options: OptionTypes): string[] {
  const shorts = new Set(Object.values(options).flatMap(({ short }) => (short === undefined ? [] : [`-${short}`])));
  const joined: string[] = [];
  for (let at = 0; at < argv.length; at += 1) {
    const argument = argv[at]!;
    // Behind a bare "--" there are no options any more.
    if (argument === '--') return [...joined, ...argv.slice(at)];
    const value = argv[at + 1];
    const takesValue = argument.startsWith('--') && options[argument.slice(2)]?.type === 'string';
    if (takesValue && value !== undefined && /^-[^-]/.test(value) && !shorts.has(value)) {
      joined.push(`${argument}=${value}`);
      at += 1;
    } else joined.push(argument);
  }
  return joined;
}
