/** A file that a variable of the environment names. */
import { readFileSync } from 'node:fs';

/** Throws, saying which file of which variable cannot be used, and why. */
export function readNamed<T>(variable: string, path: string, parse: (text: string) => T): T {
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${variable}: ${path} cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}
