/** Secrets out of files, as orchestrators mount them: a variable `NAME`, or a file that `NAME_FILE` names. */
import { readFileSync } from 'node:fs';

export type ReadFile = (path: string) => string;

export const readTextFile: ReadFile = (path) => readFileSync(path, 'utf8');

/** Reads variables, and the files that hold secrets; what cannot be read is an error that names the variable. */
export function createSecretReader(
  value: (name: string) => string | null,
  readFile: ReadFile,
  errors: string[],
): {
  /** The text of a file, without the line's end; null: not said, or not readable, which is told. */
  fromFile(name: string): string | null;
  /** Of `NAME`, or of the file that `NAME_FILE` names; both is an error. */
  either(name: string): string | null;
} {
  const fromFile = (name: string): string | null => {
    const path = value(name);
    if (path === null) return null;
    try {
      const text = readFile(path).replace(/\r?\n$/, '');
      if (text === '') errors.push(`${name}: ${path} is empty`);
      return text;
    } catch (error) {
      errors.push(`${name}: ${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  };
  return {
    fromFile,
    either(name) {
      const said = value(name);
      const ofFile = fromFile(`${name}_FILE`);
      if (said !== null && value(`${name}_FILE`) !== null)
        errors.push(`${name} and ${name}_FILE are both set: one of them`);
      return said ?? ofFile;
    },
  };
}
