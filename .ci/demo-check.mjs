/**
 * `npm run demo` as on somebody's own machine, in the clone that is given: waits for `listening`, signs in as the supervisor by
 * the page on which a newcomer chooses, then waits by a plain WebSocket client
 * for the victim-zone alert (20 s) and the curfew alert (90 s), stops it by a signal and expects a clean end.
 *
 *   node .ci/demo-check.mjs DIRECTORY
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const START_LIMIT_MS = 10 * 60_000;
const VICTIM_LIMIT_MS = 20_000;
const CURFEW_LIMIT_MS = 90_000;
const STOP_LIMIT_MS = 30_000;

const directory = resolve(process.argv[2] ?? '');
// A group of its own, so that the signal reaches npm and what it runs, as Ctrl-C does.
const demo = spawn('npm', ['run', 'demo'], { cwd: directory, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
const ended = once(demo, 'exit');
let output = '';

function fail(why) {
  console.error(`demo: ${why}`);
  try {
    process.kill(-demo.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
  process.exit(1);
}

/** Rejects after a time, unless what is waited for comes first. */
function within(limitMs, what, promise) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no ${what} within ${limitMs / 1000} s`)), limitMs);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

function listening() {
  return new Promise((done, reject) => {
    demo.stdout.on('data', (chunk) => {
      process.stdout.write(chunk);
      output += chunk;
      const found = /tagwatch listening on (http:\/\/\S+)/.exec(output);
      if (found) done(found[1]);
    });
    ended.then(([code, signal]) => reject(new Error(`ended with ${code ?? signal} before it listened`)));
  });
}

/** Resolves with the first confirmed alert for which `fits`; alerts come in the snapshot or as events. */
function alerts(url, cookie) {
  // Installed by the demo itself, in its own clone.
  const { WebSocket } = createRequire(join(directory, 'package.json'))('ws');
  const seen = [];
  const waiting = [];
  const take = (alert) => {
    seen.push(alert);
    for (const one of waiting) one(alert);
  };
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/feed`, 'tagwatch.v1', {
    headers: { cookie, origin: url },
  });
  socket.on('error', (error) => fail(`feed: ${error.message}`));
  socket.on('message', (data) => {
    const message = JSON.parse(String(data));
    if (message.type === 'snapshot') for (const alert of message.alerts) take(alert);
    if (message.type === 'event') take(message.event);
  });
  const first = (fits) =>
    new Promise((done) => {
      const one = (alert) => fits(alert) && done(alert);
      seen.forEach(one);
      waiting.push(one);
    });
  return { first, close: () => socket.close() };
}

try {
  const url = await within(START_LIMIT_MS, '"listening"', listening());
  const fromMs = Date.now();
  const after = () => `${((Date.now() - fromMs) / 1000).toFixed(1)} s`;
  // Its own way through the redirects, the choice and the cookies, as the demonstration itself signs in.
  const signInPath = join(directory, 'dist', 'demo', 'sign-in', 'sign-in-as.js');
  const { signInAs } = await import(pathToFileURL(signInPath).href);
  const cookie = await signInAs(url, 'sam');
  const me = await (await fetch(`${url}/api/v1/me`, { headers: { cookie } })).json();
  if (me.name !== 'Sam Okafor' || me.roles.join() !== 'supervisor') fail(`signed in as ${JSON.stringify(me)}`);
  console.log(`demo: signed in as ${me.name}, ${me.roles}`);
  const feed = alerts(url, cookie);
  const isSure = ({ type }) => type === 'confirmed';
  const victim = feed.first(
    (alert) => isSure(alert) && alert.kind === 'exclusion' && alert.explanation.rule === 'first-fix',
  );
  const curfew = feed.first((alert) => isSure(alert) && alert.kind === 'curfew');
  await Promise.all([
    within(VICTIM_LIMIT_MS, 'victim-zone alert', victim).then(() =>
      console.log(`demo: victim-zone alert after ${after()}`),
    ),
    within(CURFEW_LIMIT_MS, 'curfew alert', curfew).then(() => console.log(`demo: curfew alert after ${after()}`)),
  ]);
  const page = await fetch(url);
  if (!page.ok || !(await page.text()).includes('<title>Tagwatch</title>')) fail(`the page answered ${page.status}`);
  feed.close();
  process.kill(-demo.pid, 'SIGINT');
  const [code, signal] = await within(STOP_LIMIT_MS, 'end after the signal', ended);
  // npm itself may end by the signal that it was sent; what counts is that the program stopped in order.
  if (code !== 0 && signal !== 'SIGINT' && code !== 130) fail(`ended with ${code ?? signal}`);
  console.log('demo: stopped in order');
} catch (error) {
  fail(error.message);
}
