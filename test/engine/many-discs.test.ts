/** The discs of many tags in one block of memory: each is its own, and goes over to the watch that comes after. */
import { expect, test } from 'vitest';
import { type ActivationState, advance, initialState, passAtOnce } from '../../src/engine/advance.js';
import { createSharedIndex, type SharedIndex } from '../../src/engine/near/shared-index.js';
import type { EngineEvent } from '../../src/engine/types.js';
import { type CompiledTag, compileTag, joinShared } from '../../src/engine/watch/compile.js';
import type { World } from './random-world.js';
import { createWorld } from './shortcut-worlds.js';

interface Player {
  tag: CompiledTag;
  state: ActivationState;
  readonly events: EngineEvent[];
  atOnce: number;
}

const watchOf = ({ tag }: Player, index: SharedIndex) => joinShared(tag.newest!, index);

function start({ first, steps }: World, index: SharedIndex): Player {
  const player = { tag: compileTag(first), state: initialState('A-1'), events: [], atOnce: 0 };
  const atMs = steps[0]!.atMs;
  player.state = advance(player.state, { type: 'watch', atMs }, watchOf(player, index)).state;
  return player;
}

function give(player: Player, step: World['steps'][number], index: SharedIndex): void {
  if ('shared' in step) return;
  if ('watch' in step) player.tag = compileTag(step.watch, player.tag);
  const watch = watchOf(player, index);
  const input = 'watch' in step ? ({ type: 'watch', atMs: step.atMs } as const) : step.input;
  if (input.type === 'ping' && passAtOnce(player.state, input, index, watch.disc)) {
    player.atOnce++;
    return;
  }
  const { state, events } = advance(player.state, input, watch);
  player.state = state;
  player.events.push(...events);
}

const seed = String(Math.floor(Math.random() * 2 ** 31));

test(`the discs of many tags are their own, seed ${seed}`, () => {
  const worlds = Array.from({ length: 150 }, (_, n) => createWorld(`${seed}-${n}`));
  const together = createSharedIndex();
  const players = worlds.map((world) => start(world, together));
  const longest = Math.max(...worlds.map(({ steps }) => steps.length));
  for (let i = 0; i < longest; i++) {
    players.forEach((player, n) => {
      const step = worlds[n]!.steps[i];
      if (step !== undefined) give(player, step, together);
    });
  }
  let atOnce = 0;
  players.forEach((player, n) => {
    const plain = createSharedIndex({ plain: true });
    const alone = start(worlds[n]!, plain);
    for (const step of worlds[n]!.steps) give(alone, step, plain);
    expect(JSON.stringify(player.events)).toBe(JSON.stringify(alone.events));
    const { nextDueAtMs: _, ...state } = player.state;
    const { nextDueAtMs: __, ...expected } = alone.state;
    expect(JSON.stringify(state)).toBe(JSON.stringify(expected));
    expect(alone.atOnce).toBe(0);
    atOnce += player.atOnce;
  });
  expect(atOnce).toBeGreaterThan(500);
  // A number a tag, however often its watch was compiled anew, and no terms but those of its watch now.
  expect(together.discs.count).toBe(worlds.length);
  const terms = players.flatMap(({ tag }) => tag.newest!.terms);
  expect(new Set(together.discs.terms.terms.filter((term) => term !== null))).toEqual(new Set(terms));
});
