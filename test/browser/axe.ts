/** What is wrong for whoever does not see, or sees little, by axe. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** What depends on the theme. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];

/**
 * What axe finds: what is wrong, and what it could not tell of contrast. The map is a picture: its markers lie where people are, also
 * one upon the other, and all of it is beside it in words, which are looked at. `unreadable`: what axe cannot tell the contrast of, and
 * a person has; a text over several lines in a dialog is one.
 */
export function findWrong(on: Page, unreadable = /^$/): Promise<string[]> {
  return run(on, TAGS, unreadable);
}

async function run(on: Page, rules: readonly string[], unreadable: RegExp): Promise<string[]> {
  // Another theme, or another size, is on the page a frame later.
  await on.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  await on.evaluate(axeSource);
  const options = { runOnly: rules, resultTypes: ['violations', 'incomplete'] };
  const results = await on.evaluate<AxeResults>(
    `axe.run({ exclude: [['.maplibregl-map']] }, ${JSON.stringify(options)})`,
  );
  const unread = results.incomplete
    .filter(({ id }) => id === 'color-contrast')
    .map((rule) => ({ ...rule, nodes: rule.nodes.filter(({ html }) => !unreadable.test(html)) }));
  return [...results.violations, ...unread].flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** The same in either theme, of which the dark one differs in colours alone; light is left on. */
export async function findWrongInBoth(on: Page, unreadable = /^$/): Promise<string[]> {
  const found: string[] = [];
  for (const [theme, rules] of [
    ['dark', OF_COLOURS],
    ['light', TAGS],
  ] as const) {
    await on.emulateMedia({ colorScheme: theme });
    found.push(...(await run(on, rules, unreadable)).map((wrong) => `${theme}: ${wrong}`));
  }
  return found;
}
