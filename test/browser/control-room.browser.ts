import { join } from 'node:path';
import type { Browser, Page, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Home, makeHome, type Program, put, send, startProgram } from '../support/program.js';
import { findWrong, findWrongInBoth } from './axe.js';
import { launchBrowser, SCREENSHOTS } from './chromium.js';
import { CONNECTED } from './connected.js';
import { intercept } from './intercept.js';

const FLOOD = 1_000;
/** The flood comes in so many parts, one a second. */
const FLOOD_PARTS = 10;
/** As many as the tests take one by one. */
const SINGLE = 30;
const WAIT_MS = 60_000;
const SQUARE = { latitude: 51.28, longitude: 1.08 };

let home: Home;
let program: Program;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

const nameOf = (index: number) => `Wearer number ${index}`;
const row = (index: number, on: Page = page) =>
  on.locator('tr.tw-alert', { hasText: new RegExp(`${nameOf(index)}\\b`) });
const shoot = (on: Page, name: string) => on.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
const report = (text: string) => process.stdout.write(`${text}\n`);

/** The wearers walk into a zone that nobody may enter: one good fix is enough there, and each is an alert of its own. */
async function enter(...indexes: readonly number[]): Promise<void> {
  const fixedAt = new Date().toISOString();
  const pings = indexes.map((index) => ({ tagId: `T-${index}`, fixedAt, ...SQUARE, accuracyMetres: 5 }));
  const { status } = await send(program.url, 'POST', '/pings', pings);
  expect(status).toBe(202);
}

/** Closes what is in hand by keyboard; the dialog is gone when the server has answered, which the feed may be faster than. */
async function closeByKeys(on: Page, digit: string): Promise<number> {
  const beganAtMs = Date.now();
  for (const key of ['d', digit]) await on.keyboard.press(key);
  await on.keyboard.press('Enter');
  const dialog = on.getByRole('dialog');
  await dialog.waitFor({ state: 'detached' }).catch(async () => {
    throw new Error(`The dialog is still there: ${await dialog.innerText()}`);
  });
  return Date.now() - beganAtMs;
}

async function openBoard(theme: 'light' | 'dark' = 'light'): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: theme });
  const opened = await context.newPage();
  opened.on('pageerror', (error) => complaints.push(error.message));
  await opened.goto(program.url);
  await opened.locator(CONNECTED).waitFor({ timeout: WAIT_MS });
  return opened;
}

beforeAll(async () => {
  home = await makeHome();
  program = await startProgram(home);
  const fittedAt = new Date(Date.now() - 3_600_000).toISOString();
  await put(program.url, '/tag-models/M-1', { name: 'Model', accuracyConvention: 'r68', intervalSeconds: 60 });
  const startsAt = fittedAt;
  const lines = Array.from({ length: FLOOD + SINGLE }, (_, index) => [
    { kind: 'wearer', id: `W-${index}`, body: { name: nameOf(index), division: index % 2 === 0 ? 'East' : 'West' } },
    { kind: 'tag', id: `T-${index}`, body: { modelId: 'M-1' } },
    { kind: 'activation', id: `A-${index}`, body: { tagId: `T-${index}`, wearerId: `W-${index}`, fittedAt } },
  ]).flat();
  const answer = await fetch(`${program.url}/api/v1/records/import`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: lines.map((line) => JSON.stringify(line)).join('\n'),
  });
  if (!answer.ok) throw new Error(`The records were not taken: ${answer.status} ${await answer.text()}`);
  await put(program.url, '/zones/Z-1', {
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [SQUARE.longitude, SQUARE.latitude] },
    properties: { name: 'Market Square', radiusMetres: 200 },
  });
  const square = { kind: 'exclusion', zoneId: 'Z-1', confirmOn: 'first-fix', startsAt };
  await put(program.url, '/conditions/C-1', { appliesTo: 'all-wearers', ...square });
  browser = await launchBrowser();
  page = await openBoard();
});

afterAll(async () => {
  await browser?.close();
  await program?.stop();
  home?.remove();
});

test('from the ping to the closed alert by keyboard alone, in six keys at most', async () => {
  const sentAtMs = Date.now();
  await enter(0);
  await row(0).waitFor({ timeout: WAIT_MS });
  report(`ping sent → row painted: ${Date.now() - sentAtMs} ms`);
  const keys = ['j', 'a', 'd', '5', 'Enter'];
  await page.keyboard.press(keys[0]!);
  await expect.poll(() => row(0).getAttribute('class')).toContain('tw-alert--selected');
  await page.keyboard.press(keys[1]!);
  await row(0)
    .getByText(/^Acknowledged by local at/)
    .waitFor();
  await page.keyboard.press(keys[2]!);
  await page.getByRole('dialog', { name: 'Close the alert' }).waitFor();
  await page.keyboard.press(keys[3]!);
  await page.keyboard.press(keys[4]!);
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.locator('#tab-closed', { hasText: '1' }).waitFor();
  expect(keys.length).toBeLessThanOrEqual(6);
});

test('single keys can be switched off, and Tab still reaches everything', async () => {
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keys' });
  await dialog.getByRole('checkbox').uncheck();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await page.keyboard.press('?');
  expect(await dialog.count()).toBe(0);
  await page.getByRole('button', { name: 'Keys' }).click();
  await dialog.getByRole('checkbox').check();
  await page.keyboard.press('Escape');
});

test('of two who close the same alert the second is told who was first, and keeps the note', async () => {
  await enter(1);
  const other = await openBoard();
  for (const each of [page, other]) {
    await row(1, each).waitFor({ timeout: WAIT_MS });
    await row(1, each).getByRole('link', { name: 'In an exclusion zone: Market Square' }).focus();
    await each.keyboard.press('d');
  }
  await other.getByLabel('Note').fill('rang him, no answer');
  await other.getByLabel('Equipment fault').check();
  // What the first one does is on its way to the second one's page, and the second one is faster.
  await intercept(other, '**/dispose', async (route) => {
    await page.keyboard.press('5');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await route.continue();
  });
  await other.getByRole('dialog').getByRole('button', { name: 'Close the alert' }).click();
  await other.getByText(/^local was first, at .* Your note is kept here\.$/).waitFor();
  await expect.poll(() => other.getByLabel('Note').inputValue()).toBe('rang him, no answer');
  await other.context().close();
});

test('every act of the workflow by keyboard, from the page of the alert, and the page as it stood before', async () => {
  await enter(8);
  await row(8).waitFor({ timeout: WAIT_MS });
  await row(8).getByRole('link', { name: 'In an exclusion zone: Market Square' }).focus();
  await page.keyboard.press('o');
  const owner = page.locator('.tw-actions__owner');
  const history = page.locator('.tw-history');
  const say = async (key: string, text: string, choice?: string) => {
    await page.keyboard.press(key);
    await page.getByRole('dialog').waitFor();
    if (choice !== undefined) await page.keyboard.press(choice);
    await page.getByRole('dialog').locator('textarea').focus();
    await page.keyboard.type(text);
    await page.keyboard.press('Control+Enter');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await history.getByText(text).waitFor();
  };
  await owner.getByText('Nobody has seen it yet.').waitFor();
  await page.keyboard.press('t');
  await owner.getByText(/^In hand: local at/).waitFor();
  await say('w', 'rang him, no answer');
  await say('r', 'is this the right zone?');
  await page.getByText('local asks for a review: is this the right zone?').waitFor();
  await say('s', 'he is at the hospital', '2');
  await owner.getByText(/^Suspended until .* by local: he is at the hospital$/).waitFor();
  await page.keyboard.press('e');
  await history.getByText('ended the suspension').waitFor();
  // What still holds is told again: it wants somebody anew.
  await owner.getByText('Nobody has seen it yet.').waitFor();
  await page.keyboard.press('i');
  await page.getByLabel('To whom').fill('someone-else');
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await owner.getByText(/^Given to someone-else at .*, not seen yet$/).waitFor();
  await closeByKeys(page, '6');
  await page
    .getByText(/^Closed at .* by local: Referred$/)
    .first()
    .waitFor();
  await say('u', 'the wrong one');
  await owner.getByText(/^Open again at/).waitFor();
  await history.getByRole('link').first().click();
  await page.getByText('As it stood at').waitFor();
  await expect.poll(() => history.locator('li').count()).toBe(1);
  expect(await page.getByRole('region', { name: 'Actions' }).count()).toBe(0);
  await page.getByRole('link', { name: 'As it stands now' }).click();
  await owner.waitFor();
  await closeByKeys(page, '5');
  await page
    .getByText(/^Closed at .* by local: No action$/)
    .first()
    .waitFor();
  await page.keyboard.press('b');
  await page.locator('#alerts').waitFor();
});

test('the list does not move under the pointer: what is new waits and is counted', async () => {
  await enter(2);
  await row(2).waitFor({ timeout: WAIT_MS });
  await row(2).hover();
  const before = (await row(2).boundingBox())!;
  await enter(3);
  // A hand that has rested for eight seconds is not reading any more: this one does not rest, however long it takes.
  const move = (step: number) => page.mouse.move(before.x + 100 + (step % 2), before.y + before.height / 2);
  let steps = 0;
  await expect
    .poll(async () => {
      await move(steps++);
      return await page.getByRole('button', { name: 'Show 1 new' }).isVisible();
    })
    .toBe(true);
  expect(await row(2).boundingBox()).toEqual(before);
  expect(await row(3).count()).toBe(0);
  await page.keyboard.press('n');
  await row(3).waitFor();
});

test('what a filter leaves stands in the address, and comes back with it', async () => {
  await page.getByLabel('Any division').selectOption('West');
  await expect.poll(() => page.url()).toContain('division=West');
  await expect.poll(() => row(2).count()).toBe(0);
  await page.reload();
  await row(3).waitFor({ timeout: WAIT_MS });
  expect(await row(2).count()).toBe(0);
  // Whoever comes back without it in the address finds the filter as they left it.
  await page.goto(program.url);
  await expect.poll(() => page.url()).toContain('division=West');
  await page.getByRole('button', { name: 'Clear' }).click();
  await row(2).waitFor();
});

test('a socket that is cut misses nothing, and says how much came meanwhile', async () => {
  const cut = { isCut: false, open: [] as WebSocketRoute[] };
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const cutPage = await context.newPage();
  await cutPage.routeWebSocket('**/api/v1/feed**', (socket) => {
    if (cut.isCut) {
      void socket.close();
      return;
    }
    socket.connectToServer();
    cut.open.push(socket);
  });
  await cutPage.goto(program.url);
  await cutPage.locator(CONNECTED).waitFor({ timeout: WAIT_MS });
  await row(3, cutPage).waitFor();
  cut.isCut = true;
  await Promise.all(cut.open.map((socket) => socket.close({ code: 1001, reason: 'cut' })));
  await cutPage.locator('#connection[data-state=lost]').waitFor();
  expect(await findWrongInBoth(cutPage)).toEqual([]);
  await enter(4, 5, 6);
  await row(6).waitFor({ timeout: WAIT_MS });
  cut.isCut = false;
  const backAtMs = Date.now();
  await cutPage.getByText(/^Connected again after .*: 3 new alerts/).waitFor({ timeout: WAIT_MS });
  report(`back to caught up, with the wait before an attempt: ${Date.now() - backAtMs} ms`);
  // The bar says it at once, and rows come with the next frame.
  for (const index of [4, 5, 6]) await expect.poll(() => row(index, cutPage).count()).toBe(1);
  expect(await findWrongInBoth(cutPage)).toEqual([]);
  await context.close();
});

const THEMES = ['light', 'dark'] as const;
/** Each look takes a busy machine seconds. */
const AXE_MS = 600_000;
const nothingIn = (found: Record<string, string[]>) => Object.fromEntries(Object.keys(found).map((name) => [name, []]));

test.each(THEMES)(
  'where the server counts another number of unresolved alerts, the header says both: %s',
  async (colorScheme) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme });
    const misled = await context.newPage();
    let more = 2;
    let connections = 0;
    await misled.routeWebSocket('**/api/v1/feed**', (socket) => {
      connections += 1;
      const server = socket.connectToServer();
      server.onMessage((text) => {
        const message = JSON.parse(String(text)) as { type: string; standing: { total: number } };
        if (message.type === 'heartbeat') message.standing.total += more;
        socket.send(JSON.stringify(message));
      });
    });
    await misled.goto(program.url);
    const register = misled.getByRole('link', { name: /^Register \d+ unresolved/ });
    await misled.getByText(/^The server counts \d+ unresolved, and this page has \d+/).waitFor({ timeout: WAIT_MS });
    const said = async () => (await register.innerText()).replaceAll(/\s+/g, ' ').trim();
    const [, here, there] = /^Register (\d+) unresolved \(the server counts (\d+)\)$/.exec(await said())!;
    expect(Number(there) - Number(here)).toBe(more);
    // It asks for everything again, once.
    await expect.poll(() => connections).toBe(2);
    await misled.locator(CONNECTED).waitFor({ timeout: WAIT_MS });
    expect(await findWrong(misled)).toEqual([]);
    await shoot(misled, `miscount-${colorScheme}`);
    more = 0;
    await misled.locator('#trouble').waitFor({ state: 'hidden', timeout: WAIT_MS });
    await expect.poll(said).toMatch(/^Register \d+ unresolved$/);
    expect(connections).toBe(2);
    await context.close();
  },
);

test.each(THEMES)(
  'axe finds nothing on the board, with an alert and in the dialogs of all acts: %s',
  { timeout: AXE_MS },
  async (theme) => {
    // Whoever is there already gives no second alert.
    await enter(2);
    const looked = await openBoard(theme);
    await row(2, looked).waitFor();
    const found: Record<string, string[]> = { board: await findWrong(looked) };
    await shoot(looked, `board-${theme}`);
    await looked.keyboard.press('?');
    await looked.getByRole('dialog').waitFor();
    found['keys'] = await findWrong(looked);
    await looked.keyboard.press('Escape');
    await row(2, looked).getByRole('link', { name: 'In an exclusion zone: Market Square' }).focus();
    await looked.keyboard.press('d');
    await looked.getByRole('dialog').waitFor();
    // The sentence over two lines in a dialog is one that axe cannot read: its colours are those of the heading above it.
    found['closing'] = await findWrong(looked, /tw-dialog__what/);
    await looked.keyboard.press('Escape');
    await looked.getByRole('button', { name: 'In words' }).click();
    found['in words'] = await findWrong(looked);
    await looked.goto(`${program.url}/?tab=closed`);
    await looked.locator(CONNECTED).waitFor({ timeout: WAIT_MS });
    found['nothing closed'] = await findWrong(looked);
    await looked.goto(`${program.url}/`);
    await row(2, looked).getByRole('link', { name: 'In an exclusion zone: Market Square' }).click();
    await looked.locator('.tw-history li').first().waitFor();
    found['alert'] = await findWrong(looked);
    await shoot(looked, `alert-${theme}`);
    await looked.keyboard.press('s');
    await looked.getByRole('dialog').waitFor();
    found['suspending'] = await findWrong(looked, /tw-dialog__what/);
    await shoot(looked, `suspending-${theme}`);
    await looked.keyboard.press('Escape');
    const owner = looked.locator('.tw-actions__owner');
    const lookInto = async (...keys: readonly string[]) => {
      for (const key of keys) {
        await looked.keyboard.press(key);
        await looked.getByRole('dialog').waitFor();
        found[`the dialog of ${key}`] = await findWrong(looked, /tw-dialog__what|<span><strong>/);
        await looked.keyboard.press('Escape');
        await looked.getByRole('dialog').waitFor({ state: 'detached' });
      }
    };
    await lookInto('w', 'i', 'r', 'p');
    await looked.keyboard.press('t');
    await owner.getByText(/^In hand: local at/).waitFor();
    await lookInto('h');
    await closeByKeys(looked, '5');
    await owner.getByText(/^Closed at/).waitFor();
    found['a closed alert'] = await findWrong(looked);
    await lookInto('u');
    // The other theme finds it open.
    await looked.keyboard.press('u');
    await looked.getByRole('dialog').locator('textarea').fill('to be looked at again');
    await looked.keyboard.press('Control+Enter');
    await owner.getByText(/^Open again at/).waitFor();
    await looked.locator('.tw-history').getByRole('link').first().click();
    await looked.getByText('As it stood at').waitFor();
    found['as it stood'] = await findWrong(looked);
    expect(found).toEqual(nothingIn(found));
    await looked.context().close();
  },
);

test.each(THEMES)('axe finds nothing on the pages of the control room: %s', { timeout: AXE_MS }, async (theme) => {
  const looked = await openBoard(theme);
  const found: Record<string, string[]> = {};
  // As it is while a receiver of the hand-off is away.
  await intercept(looked, '**/api/v1/register?limit=1*', async (route) => {
    const answer = await route.fetch();
    const since = new Date(Date.now() - 600_000).toISOString();
    const failing = { receiverId: 'cad', why: 'not-delivered', since, tries: 9, error: 'answered 503', behind: 3 };
    await route.fulfill({ response: answer, json: { ...(await answer.json()), failingHandoffs: [failing] } });
  });
  for (const [path, heading] of [
    ['/register', /^Register: \d+ unresolved$/],
    ['/off-now', 'What is off now'],
    ['/alarm-health', 'Health of the alarms'],
    ['/handover', /handover/i],
    ['/rejected', 'What could not be used'],
    ['/wearers/nobody', 'No wearer nobody is known here'],
  ] as const) {
    await looked.goto(`${program.url}${path}`);
    await looked.getByRole('heading', { name: heading }).first().waitFor({ timeout: WAIT_MS });
    await looked.locator('.tw-page > *').nth(1).waitFor({ timeout: WAIT_MS });
    if (path === '/register')
      await looked.getByText(/^cad is not told: .* \(9 tries, answered 503\); up to 3/).waitFor();
    found[path] = await findWrong(looked);
    await shoot(looked, `${path.slice(1).replace('/', '-')}-${theme}`);
  }
  await looked.goto(`${program.url}/alerts/none`);
  await looked.getByText('This alert cannot be shown').waitFor();
  found['no alert'] = await findWrong(looked);
  expect(found).toEqual(nothingIn(found));
  await looked.context().close();
});

test('a server that is killed and started again: nothing lost, nothing doubled', async () => {
  const before = await page.locator('#tab-new').textContent();
  await program.kill();
  await page.getByText(/^NOT LIVE since/).waitFor();
  program = await startProgram(home);
  await page.locator(CONNECTED).waitFor({ timeout: WAIT_MS });
  await page.getByText(/^Connected again after/).waitFor();
  await expect.poll(() => page.locator('#tab-new').textContent()).toBe(before);
  await enter(7);
  await row(7).waitFor({ timeout: WAIT_MS });
});

const countNew = async () => Number(/\d+/.exec((await page.locator('#tab-new').textContent())!)![0]);
const groupRow = () => page.locator('tr.tw-alert--group');
const closeAll = () => closeByKeys(page, '5');
/** How many requests for many alerts were sent while it ran. */
async function countRequests(run: () => Promise<unknown>): Promise<number> {
  let requests = 0;
  const count = (request: { url(): string }) => {
    if (request.url().endsWith('/alerts/actions')) requests += 1;
  };
  page.on('request', count);
  await run();
  page.off('request', count);
  return requests;
}

test('more than ten in ten minutes are one row, which can be opened, marked and closed at once by keyboard', async () => {
  // Enough by themselves, however long ago the others were; not all may be painted in one frame.
  const flood = [9, 10, 11, 14, 15, 16, 17, 18, 19, 20, 21];
  const known = (await countNew()) + flood.length;
  await enter(...flood);
  await groupRow().getByText(`× ${known}`).waitFor({ timeout: WAIT_MS });
  await page.getByText(/^Flood since/).waitFor();
  await groupRow().getByRole('button', { name: 'In an exclusion zone: Market Square' }).focus();
  await page.keyboard.press('Enter');
  await row(11).waitFor();
  await expect.poll(() => page.locator('tr.tw-alert').count()).toBe(known + 1);
  await page.keyboard.press('Enter');
  await page.keyboard.press('x');
  await page.getByText(`${known} marked`).waitFor();
  expect(await findWrongInBoth(page)).toEqual([]);
  await shoot(page, 'marked');
  await page.keyboard.press('d');
  await page.getByRole('dialog').waitFor();
  expect(await findWrongInBoth(page, /tw-dialog__what/)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await countRequests(closeAll)).toBe(1);
  await page.getByText(`${known} alerts closed.`).waitFor();
  await expect.poll(countNew).toBe(0);
});

test('a flood of a thousand: none is lost, and the page still answers', async () => {
  const known = await countNew();
  // How late the page is with what it had promised: what a key would wait.
  await page.evaluate(`
    window.lateMs = [];
    window.beat = performance.now();
    setInterval(() => { const now = performance.now(); window.lateMs.push(now - window.beat - 50); window.beat = now; }, 50);
  `);
  const beganAtMs = Date.now();
  for (let part = 0; part < FLOOD_PARTS; part++) {
    const count = FLOOD / FLOOD_PARTS;
    await enter(...Array.from({ length: count }, (_, index) => SINGLE + part * count + index));
    await page.waitForTimeout(Math.max(0, beganAtMs + (part + 1) * 1_000 - Date.now()));
  }
  await expect.poll(countNew).toBe(known + FLOOD);
  const late = (await page.evaluate<number[]>('window.lateMs')).sort((a, b) => a - b);
  const share = (part: number) => Math.round(late[Math.floor(part * (late.length - 1))]!);
  report(
    `1,000 alerts in ten seconds: the page is late by p50 ${share(0.5)} ms, p95 ${share(0.95)} ms, at most ${share(1)} ms`,
  );
  await page.keyboard.press('n');
  await expect.poll(() => page.locator('tr.tw-alert').count(), { timeout: WAIT_MS }).toBeLessThanOrEqual(20);
  await groupRow().getByRole('button').click();
  await groupRow()
    .getByText(/^100 of \d+ are below$/)
    .waitFor();
  await page.getByRole('button', { name: /^Show more: 100 of \d+ of this row are shown$/ }).click();
  await groupRow()
    .getByText(/^200 of \d+ are below$/)
    .waitFor();
  await page.evaluate(
    "document.querySelectorAll('tr:not(.tw-alert--group) .tw-mark').forEach((box, i) => i < 50 && box.click())",
  );
  await page.getByText('50 marked').waitFor();
  let tookMs = 0;
  const requests = await countRequests(async () => {
    tookMs = await closeAll();
  });
  report(`50 alerts closed: ${requests} request, ${tookMs} ms`);
  expect(requests).toBe(1);
  await expect.poll(countNew).toBe(known + FLOOD - 50);
});

test('a shift is signed off with what stands, and signed on by who comes on', async () => {
  const said = 'Moves to his sister on Friday.';
  await put(program.url, '/notes/N-1', { wearerId: 'W-2', text: said });
  await page.goto(`${program.url}/handover`);
  await page.getByRole('region', { name: 'What stands now' }).getByText(said).waitFor({ timeout: WAIT_MS });
  await page.getByLabel('What the next one has to know').fill('The flood is a moved zone: Market Square.');
  await shoot(page, 'handover');
  await page.getByRole('button', { name: /^Sign off as/ }).click();
  const told = page.getByRole('region', { name: /^Handover \d+$/ }).first();
  await told.getByText('Nobody has taken it over yet.').waitFor();
  await told.getByText('The flood is a moved zone: Market Square.').waitFor();
  await expect.poll(() => page.getByLabel('What the next one has to know').inputValue()).toBe('');
  await told.getByRole('button', { name: /^Sign on as/ }).click();
  await told.getByText(/^Taken over by local,/).waitFor();
  expect(await findWrongInBoth(page)).toEqual([]);
});

/** Of who has one open alert: when it is on record. */
async function findAlert(index: number): Promise<string> {
  let alertId: string | undefined;
  const look = async () => {
    const listed = await fetch(`${program.url}/api/v1/alerts?wearerId=W-${index}&status=open`);
    alertId = ((await listed.json()) as { items: { alertId: string }[] }).items[0]?.alertId;
    return alertId;
  };
  await expect.poll(look).toMatch(/^\w{8}/);
  return alertId!;
}

test('a key acts at the first sight of what the record tells of an alert, while the feed says nothing', async () => {
  await enter(13);
  const alertId = await findAlert(13);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const deaf = await context.newPage();
  await deaf.routeWebSocket('**/api/v1/feed**', () => {});
  // Before the page is painted: no hand is as fast, but many are faster than the next thing that the page waits for.
  await deaf.addInitScript(`new MutationObserver((_, observer) => {
    if (document.querySelector('.tw-actions button') === null) return;
    observer.disconnect();
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 't', bubbles: true }));
  }).observe(document, { childList: true, subtree: true });`);
  await deaf.goto(`${program.url}/alerts/${alertId}`);
  await deaf.locator('.tw-actions__owner', { hasText: /^In hand: local at/ }).waitFor({ timeout: WAIT_MS });
  expect(await deaf.locator('#connection').getAttribute('data-state')).not.toBe('live');
  await context.close();
});

/** Holds an act on its way to the server, or the answer to it; answers what lets it go. */
async function hold(what: 'act' | 'answer', verb: string): Promise<() => void> {
  let letGo = () => {};
  const isHeld = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await intercept(page, `**/${verb}`, async (route) => {
    if (what === 'act') await isHeld;
    const answer = await route.fetch();
    await isHeld;
    await route.fulfill({ response: answer });
  });
  return letGo;
}

/** An alert that nobody has seen, open on each of the pages. */
async function openAlert(index: number, ...on: readonly Page[]): Promise<void> {
  await enter(index);
  const alertId = await findAlert(index);
  for (const each of on) {
    await each.goto(`${program.url}/alerts/${alertId}`);
    await each.getByText('Nobody has seen it yet.').waitFor({ timeout: WAIT_MS });
    // The page has the alert from the record before the feed has told of a thousand others, and keys act on what the feed tells.
    await each.locator(CONNECTED).waitFor({ timeout: WAIT_MS });
  }
}

const nothingUnderWay = () => page.locator('.tw-actions[aria-busy=false]').waitFor();

test('a slow answer opens nothing again that a colleague has closed meanwhile', async () => {
  const other = await openBoard();
  await openAlert(12, page, other);
  const letGo = await hold('answer', 'take');
  await page.keyboard.press('t');
  await other.getByText(/^In hand: local at/).waitFor();
  await closeByKeys(other, '5');
  await page
    .getByText(/^Closed at .* by local: No action$/)
    .first()
    .waitFor();
  letGo();
  await nothingUnderWay();
  expect(await page.getByText(/^Closed at .* by local: No action$/).count()).toBeGreaterThan(0);
  expect(await page.locator('.tw-actions__owner').getByText('In hand').count()).toBe(0);
  await other.context().close();
});

test('what is done before the last answer has come is done after it, once', async () => {
  await openAlert(26, page);
  const letGo = await hold('answer', 'take');
  for (const key of ['t', 't', 'w']) await page.keyboard.press(key);
  await page.keyboard.type('rang him, no answer');
  for (const key of ['Control+Enter', 'Control+Enter']) await page.keyboard.press(key);
  await page.getByRole('button', { name: 'Sending …' }).waitFor();
  letGo();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await nothingUnderWay();
  const alertId = await findAlert(26);
  const { events } = (await (await fetch(`${program.url}/api/v1/alerts/${alertId}`)).json()) as {
    events: { type: string }[];
  };
  expect(events.map(({ type }) => type)).toEqual(['confirmed', 'taken', 'noted']);
  expect(await page.getByRole('region', { name: 'Actions' }).getByRole('alert').count()).toBe(0);
});

test('what is decided upon an act that was not taken is not done, and is kept', async () => {
  const other = await openBoard();
  await openAlert(27, page, other);
  const letGo = await hold('act', 'take');
  for (const key of ['t', 'd', '5', 'Enter']) await page.keyboard.press(key);
  await page.getByRole('button', { name: 'Sending …' }).waitFor();
  await other.keyboard.press('t');
  await other.getByText(/^In hand: local at/).waitFor();
  letGo();
  const dialog = page.getByRole('dialog', { name: 'Close the alert' });
  await dialog.getByRole('alert').waitFor();
  await shoot(page, 'not-taken');
  expect(await page.getByText(/^Closed at/).count()).toBe(0);
  // Read, and meant all the same.
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'detached' });
  await page
    .getByText(/^Closed at .* by local: No action$/)
    .first()
    .waitFor();
  await other.context().close();
});

test('no page threw', () => {
  expect(complaints).toEqual([]);
});
