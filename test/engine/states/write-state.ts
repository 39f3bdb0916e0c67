/**
 * Writes the state that the engine of this checkout makes of a small track, as JSON to stdout. The files beside it were made by
 * it, bundled in checkouts of the commits that stand in them: format 1 is of before there was a horizon, 2 of before belief.
 */
import type { TagWatch } from '../../../src/engine/types.js';
import { play, type Step } from '../../scenarios/scenario.js';
import { circle, pingAt, place, term, watch, zone } from '../../scenarios/world.js';

export const DAY = '2026-06-10';

const at = (time: string): number => Date.parse(`${DAY}T${time}Z`);

/** Five conditions, and from 11:00 to 13:00 alerts about the park are held back. */
export function storedWatch(): TagWatch {
  const square = zone();
  const shops = circle('Z-shops', place(60), 60);
  const park = circle('Z-park', place(3_000), 200);
  const home = circle('Z-home', place(-2_000), 100);
  const windows = [at('12:30:00'), at('20:00:00')];
  const terms = [
    term('exclusion', square),
    term('exclusion', shops, { conditionId: 'C-shops' }),
    term('exclusion', park, { conditionId: 'C-park' }),
    term('curfew', home, { windows, windowsUntilMs: at('23:00:00') }),
  ];
  const suspension = { suspensionId: 'S-1', startsAtMs: at('11:00:00'), endsAtMs: at('13:00:00'), knownFromMs: 0 };
  const suspensions = [{ ...suspension, conditionId: 'C-park', knownUntilMs: null }];
  return watch([square, shops, park, home], terms, {}, { suspensions });
}

export const fixAt = (time: string, eastMetres: number, afterMs = 2_000): Step => {
  const [fixedAtMs, receivedAtMs] = [at(time), at(time) + afterMs];
  return { atMs: receivedAtMs, input: { type: 'ping', ping: pingAt(fixedAtMs, place(eastMetres)), receivedAtMs } };
};

export const tickAt = (time: string): Step => ({ atMs: at(time), input: { type: 'tick', atMs: at(time) } });

/** A visit to the park, one to the square that goes on, one fix at the shops, and silence as the curfew begins. */
export const STORED_STEPS: readonly Step[] = [
  ...[fixAt('11:30:00', 1_000), fixAt('11:31:00', 1_000)],
  ...[fixAt('11:40:00', 3_000), fixAt('11:41:00', 3_000), fixAt('11:42:00', 3_000)],
  ...[fixAt('11:43:00', 1_000), fixAt('11:44:00', 1_000)],
  ...[fixAt('12:00:00', -40), fixAt('12:01:00', -40), fixAt('12:02:00', 60)],
  tickAt('12:32:00'),
];

export function writeState(commit: string): string {
  const { state, events } = play(storedWatch(), STORED_STEPS, 'due');
  return `${JSON.stringify({ commit, state, events }, null, 1)}\n`;
}
