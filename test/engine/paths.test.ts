/** Which path a fix takes: the table is total, the engine follows it, and SPEC prints it. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ActivationState, advance, initialState } from '../../src/engine/advance.js';
import { isPlausible, whyNotJudged } from '../../src/engine/fold/evidence.js';
import { latenessOf, newestAtMsOf, newestOf } from '../../src/engine/fold/horizon.js';
import type { EngineInput } from '../../src/engine/inputs.js';
import { mayMatter } from '../../src/engine/near/concerned.js';
import { applyShared, createSharedIndex } from '../../src/engine/near/shared-index.js';
import { PATHS, type Path, type Question } from '../../src/engine/paths.js';
import type { KeptFix } from '../../src/engine/state.js';
import { AHEAD_LIMIT_MS, GAP_LIMIT_MS } from '../../src/engine/thresholds.js';
import { type CompiledActivation, compileTag, joinShared, knowsWatch } from '../../src/engine/watch/compile.js';
import { runs } from '../support/random.js';
import { type World, worlds } from './random-world.js';
import { createWorld } from './shortcut-worlds.js';

type PingInput = Extract<EngineInput, { type: 'ping' }>;
type Answered = Record<Question, boolean>;

const QUESTIONS = Object.keys(PATHS.record[0]!) as Question[];

function pathsFor(answered: Answered): Path[] {
  const paths = Object.keys(PATHS) as Path[];
  return paths.flatMap((path) =>
    PATHS[path]
      .filter((row) => QUESTIONS.every((each) => (row[each] ?? answered[each]) === answered[each]))
      .map(() => path),
  );
}

test('to every answer there is one path and one only', () => {
  for (let bits = 0; bits < 2 ** QUESTIONS.length; bits++) {
    const answered = Object.fromEntries(QUESTIONS.map((each, i) => [each, (bits & (1 << i)) !== 0])) as Answered;
    expect(pathsFor(answered), JSON.stringify(answered)).toHaveLength(1);
  }
});

/** The questions, answered by a look at every term and nothing else that the engine's paths use. */
function answer(state: ActivationState, { ping, receivedAtMs }: PingInput, watch: CompiledActivation): Answered {
  const evidence = whyNotJudged(ping, receivedAtMs, watch.own) === null;
  const { latitude, longitude, accuracyMetres } = ping.position ?? { latitude: 0, longitude: 0, accuracyMetres: 0 };
  const accuracy = accuracyMetres ?? watch.own.defaultAccuracyMetres ?? 0;
  const { fixedAtMs } = ping;
  const fix: KeptFix = {
    fixedAtMs,
    latitude,
    longitude,
    accuracyMetres: accuracy,
    sigmaMetres: Math.max(5, accuracy / 2.45),
  };
  const lateness = latenessOf(state, fix);
  const last = newestOf(state);
  const tickEdge = state.nextTickEdgeAtMs;
  const all = [
    ...watch.own.terms,
    ...watch.shared.everywhere,
    ...watch.shared.exclusions.all().map(({ term }) => term),
  ];
  return {
    evidence,
    newest: fixedAtMs > newestAtMsOf(state),
    repeats: lateness === 'repeated',
    'in-horizon': lateness !== 'beyond-horizon',
    'same-watch': knowsWatch(state, watch),
    plausible: isPlausible(state, last, fix),
    'at-rest':
      state.open.length +
        state.told.length +
        (state.heldBack?.length ?? 0) +
        (state.ahead?.length ?? 0) +
        (state.sentAhead?.length ?? 0) ===
        0 &&
      fixedAtMs < (state.nextEdgeAtMs ?? Infinity) &&
      (tickEdge === null || receivedAtMs < tickEdge || tickEdge - fixedAtMs > GAP_LIMIT_MS),
    'means-nothing': all.every((term) => !mayMatter(term, last, fix)),
  };
}

function follow({ first, steps }: World, taken: Map<Path, number>): void {
  const index = createSharedIndex();
  let tag = compileTag(first);
  let state = initialState('A-1');
  const give = (input: EngineInput) => {
    const watch = joinShared(tag.newest!, index);
    const isAhead = input.type === 'ping' && input.ping.fixedAtMs - input.receivedAtMs > AHEAD_LIMIT_MS;
    const expected = input.type === 'ping' && !isAhead ? pathsFor(answer(state, input, watch)) : null;
    const { state: next, path } = advance(state, input, watch);
    state = next;
    if (expected !== null) expect([path]).toEqual(expected);
    if (path !== null) taken.set(path, (taken.get(path) ?? 0) + 1);
  };
  give({ type: 'watch', atMs: steps[0]!.atMs });
  for (const step of steps) {
    if ('input' in step) give(step.input);
    else {
      if ('watch' in step) tag = compileTag(step.watch, tag);
      else applyShared(index, step.shared);
      // Sometimes the ping that comes next brings it.
      if (step.atMs % 2 === 0) give({ type: 'watch', atMs: step.atMs });
    }
  }
}

test('every fix takes the path that the table says', () => {
  const taken = new Map<Path, number>();
  const follows = (world: World) => follow(world, taken);
  fc.assert(fc.property(worlds({ changes: true }), follows), { numRuns: runs(60) });
  fc.assert(
    fc.property(
      fc.integer({ min: 0 }).map((seed) => createWorld(String(seed))),
      follows,
    ),
    { numRuns: runs(30) },
  );
  for (const path of Object.keys(PATHS) as Path[]) expect(taken.get(path), path).toBeGreaterThan(10);
});

test('SPEC prints the table', () => {
  const spec = readFileSync(new URL('../../src/engine/SPEC.md', import.meta.url), 'utf8');
  const cell = (answered: boolean | null) => (answered === null ? '' : answered ? 'yes' : 'no');
  const rows = (Object.keys(PATHS) as Path[]).flatMap((path) =>
    PATHS[path].map((row) => `| ${[path, ...QUESTIONS.map((each) => cell(row[each]))].join(' | ')} |`),
  );
  const head = `| ${['path', ...QUESTIONS].join(' | ')} |`;
  const table = [head, `|${'---|'.repeat(QUESTIONS.length + 1)}`, ...rows].join('\n');
  expect(spec, `SPEC.md is to hold\n${table}`).toContain(table);
});
