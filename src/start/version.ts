import { readFileSync } from 'node:fs';

/** The program's version, as package.json says (it stands beside both `src` and `dist`). */
export const VERSION: string = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
