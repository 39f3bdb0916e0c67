/** Our clock against another's. */
import { type Finding, good, note, wrong } from './finding.js';

/** A header tells whole seconds, and an answer takes its time. */
const UNTOLD_MS = 2_000;

/** `limitMs`: from where on it does harm, which `harm` says. */
export function checkClock(who: string, theirsMs: number, oursMs: number, limitMs: number, harm: string): Finding {
  const offMs = oursMs - theirsMs;
  if (Math.abs(offMs) <= UNTOLD_MS) return good('clock', `goes with that of ${who}`);
  const said = `is ${Math.round(Math.abs(offMs) / 1_000)} s ${offMs > 0 ? 'ahead of' : 'behind'} that of ${who}`;
  const todo = 'have both follow a time server (chrony, systemd-timesyncd)';
  return Math.abs(offMs) > limitMs ? wrong('clock', `${said}: ${harm}`, todo) : note('clock', said, todo);
}
