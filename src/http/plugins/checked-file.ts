/** Files of configuration that are JSON of a schema: whoever wrote one is told every place that is wrong, at once. */
import type { Static, TSchema } from 'typebox';
import type { Validator } from 'typebox/compile';
import { toFieldErrors } from './problems.js';

/** Throws, naming every place that is wrong. */
export function parseCheckedFile<Schema extends TSchema>(
  file: Validator<Record<never, never>, Schema>,
  text: string,
): Static<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`it is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (file.Check(value)) return value;
  const errors = toFieldErrors(file.Errors(value)).map(({ pointer, detail }) => `${pointer || 'the file'} ${detail}`);
  throw new Error([...new Set(errors)].join('; '));
}
