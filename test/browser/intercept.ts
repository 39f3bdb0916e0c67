/** `page.route` for a page that is there already. */
import type { Page, Route } from 'playwright-core';

/**
 * Resolves when requests of the page go that way. Chromium says so too early: one in twenty that came at once went past, and neither the
 * handler nor `waitForResponse` was ever told of it.
 */
export async function intercept(page: Page, url: string, handler: (route: Route) => Promise<void>): Promise<void> {
  await page.route(url, handler);
  const probe = '/is-intercepted';
  await page.route(`**${probe}`, (route) => route.fulfill({ status: 204 }));
  while ((await page.evaluate(`fetch('${probe}').then(({ status }) => status)`)) !== 204);
}
