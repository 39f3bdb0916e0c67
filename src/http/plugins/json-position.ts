/**
 * Where a text stops being JSON. `JSON.parse` of Node 20 names a position in some of its messages only, and quotes the text,
 * which may be about a person. This scan runs only after `JSON.parse` has refused.
 */

export interface JsonFault {
  /** In UTF-16 units from the start of the text. */
  readonly offset: number;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  readonly detail: string;
}

const SPACE = /[ \t\n\r]*/y;
// Strings as an unrolled loop: linear, and no stack of alternatives in a string of megabytes.
const SCALAR =
  /"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** What may come next. */
type Expect = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'after';

const WANTED: Readonly<Record<Expect, string>> = {
  value: 'a value',
  'value-or-end': 'a value or "]"',
  key: 'a field name in double quotes',
  'key-or-end': 'a field name in double quotes or "}"',
  colon: '":"',
  after: '"," or the end',
};

function scan(text: string): { offset: number; wanted: string } | null {
  const open: ('{' | '[')[] = [];
  let expect: Expect = 'value';
  let at = 0;
  for (;;) {
    SPACE.lastIndex = at;
    SPACE.exec(text);
    at = SPACE.lastIndex;
    const innermost = open.at(-1);
    if (expect === 'after' && innermost === undefined)
      return at === text.length ? null : { offset: at, wanted: 'the end' };
    const char = text[at];
    const closes = (char === '}' && innermost === '{') || (char === ']' && innermost === '[');
    if (closes && (expect === 'after' || expect === 'key-or-end' || expect === 'value-or-end')) {
      open.pop();
      expect = 'after';
      at++;
    } else if (expect === 'after' && char === ',') {
      expect = innermost === '{' ? 'key' : 'value';
      at++;
    } else if (expect === 'colon' && char === ':') {
      expect = 'value';
      at++;
    } else if ((expect === 'value' || expect === 'value-or-end') && (char === '{' || char === '[')) {
      open.push(char);
      expect = char === '{' ? 'key-or-end' : 'value-or-end';
      at++;
    } else {
      const wantsKey: boolean = expect === 'key' || expect === 'key-or-end';
      if (expect === 'colon' || expect === 'after' || (wantsKey && char !== '"'))
        return { offset: at, wanted: WANTED[expect] };
      SCALAR.lastIndex = at;
      if (!SCALAR.test(text)) return { offset: at, wanted: WANTED[expect] };
      at = SCALAR.lastIndex;
      expect = wantsKey ? 'colon' : 'after';
    }
  }
}

/** The first place at which `text` is not JSON; null where it is. */
export function findJsonFault(text: string): JsonFault | null {
  const fault = scan(text);
  if (fault === null) return null;
  const before = text.slice(0, fault.offset);
  const line = before.split('\n').length;
  const column = fault.offset - (before.lastIndexOf('\n') + 1) + 1;
  const ends = fault.offset >= text.length ? 'the text ends' : 'something else stands';
  return {
    offset: fault.offset,
    line,
    column,
    detail: `not JSON at line ${line}, column ${column}: ${ends} where ${fault.wanted} was expected`,
  };
}
