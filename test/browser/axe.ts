/** What is wrong for whoever does not see, or sees little, by axe. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * What axe finds: what is wrong, and what it could not tell of contrast. The map is a picture: its markers lie where people are, also
 * one upon the other, and all of it is beside it in words, which are looked at. `unreadable`: what axe cannot tell the contrast of, and
 * a person has; a text over several lines in a dialog is one.
 */
export async function findWrong(on: Page, unreadable = /^$/): Promise<string[]> {
  await on.evaluate(axeSource);
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
  const results = await on.evaluate<AxeResults>(
    `axe.run({ exclude: [['.maplibregl-map']] }, { runOnly: ${JSON.stringify(tags)} })`,
  );
  const unread = results.incomplete
    .filter(({ id }) => id === 'color-contrast')
    .map((rule) => ({ ...rule, nodes: rule.nodes.filter(({ html }) => !unreadable.test(html)) }));
  return [...results.violations, ...unread].flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}

/** The same of a state that is not easily come to again, in either theme; light is left on. */
export async function findWrongInBoth(on: Page, unreadable = /^$/): Promise<string[]> {
  const found: string[] = [];
  for (const theme of ['dark', 'light'] as const) {
    await on.emulateMedia({ colorScheme: theme });
    found.push(...(await findWrong(on, unreadable)).map((wrong) => `${theme}: ${wrong}`));
  }
  return found;
}
