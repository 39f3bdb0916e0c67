/** Every property begins with the seed that is given, so that a run can be had again as a whole; without one each takes a seed of its own. */
const text = process.env['TAGWATCH_SEED'];
if (text !== undefined) {
  const seed = Number(text);
  if (!Number.isSafeInteger(seed)) throw new Error(`TAGWATCH_SEED must be a whole number; it is ${text}`);
  const { default: fc } = await import('fast-check');
  fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
}
