/**
 * The thread in which crimes are matched: thousands of crimes against one wearer's month take a tenth of a second at a stretch, and alerts
 * do not wait for it. It is given one wearer after the other, the fixes a few days at a time.
 */
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import type { MatchOptions } from '../matching/judge.js';
import { type CrimeResult, type Matching, startMatching } from '../matching/match-crimes.js';
import type { RecordedFix } from '../store/match-fixes.js';
import { type PlacedScene, toMatchTrack } from './examine.js';

/** Behind whatever has work to do for a live alert: 19 is the least. */
const NICE = 10;

/** What the thread is told: `begin` first, `fixes` and `examine` of one wearer after the other, `results` last. */
export type ToMatching =
  | { readonly type: 'begin'; readonly crimes: readonly PlacedScene[]; readonly options: MatchOptions }
  | { readonly type: 'fixes'; readonly fixes: readonly RecordedFix[] }
  | { readonly type: 'examine'; readonly wearerId: string }
  | { readonly type: 'results'; readonly from: number; readonly count: number };
/** After every `examine`, and after `results`. */
export type FromMatching =
  | { readonly type: 'examined' }
  | { readonly type: 'results'; readonly results: readonly CrimeResult<PlacedScene>[] };

// Of a thread alone on Linux; elsewhere of the whole process.
if (process.platform === 'linux') setPriority(0, NICE);

let matching: Matching<PlacedScene> | null = null;
let results: readonly CrimeResult<PlacedScene>[] | null = null;
let fixes: RecordedFix[] = [];

/** The days come one after the other, with every tag in each: tag by tag again, in the order in which they were first there. */
function byTag(mixed: readonly RecordedFix[]): RecordedFix[] {
  const tags = new Map<string, RecordedFix[]>();
  for (const fix of mixed) {
    const own = tags.get(fix.activationId);
    if (own === undefined) tags.set(fix.activationId, [fix]);
    else own.push(fix);
  }
  return [...tags.values()].flat();
}

const say = (message: FromMatching): void => parentPort?.postMessage(message);

parentPort?.on('message', (message: ToMatching) => {
  if (message.type === 'begin') {
    matching = startMatching(message.crimes, message.options);
    return;
  }
  if (message.type === 'fixes') {
    fixes.push(...message.fixes);
    return;
  }
  if (matching === null) throw new Error('no crimes were given');
  if (message.type === 'results') {
    results ??= matching.results();
    say({ type: 'results', results: results.slice(message.from, message.from + message.count) });
    return;
  }
  matching.examine(toMatchTrack(message.wearerId, byTag(fixes)));
  fixes = [];
  say({ type: 'examined' });
});
