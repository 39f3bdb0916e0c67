/** Arguments of a command as `parseArgs` takes them. */

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
