/**
 * Nobody is watched by a tag that is fitted: it was never heard from, is not any more, or is heard from without a fix that can be used.
 * By receipt: a backlog that comes in is heard. Who is not heard of because his supplier is silent is the supplier's (`heardUpToMs`).
 */
import { UNUSABLE_AFTER_MS, UNUSABLE_MESSAGES } from '../thresholds.js';
import type { SilenceReason } from '../types.js';
import type { CompiledOwn } from '../watch/compile.js';
import type { DeviceState } from './device-state.js';

export interface Unmonitored {
  readonly reason: SilenceReason;
  readonly sinceMs: number;
}

/** Null: the tag is heard from, or not for long enough not. */
export function findUnmonitored(device: DeviceState, own: CompiledOwn, heardUpToMs: number): Unmonitored | null {
  const { heardAtMs, blind } = device;
  const fromMs = watchedFromMs(device, own);
  if (Math.max(heardAtMs ?? -Infinity, fromMs) + own.silentAfterMs <= heardUpToMs) {
    const reason = heardAtMs === null ? 'never-heard' : 'silent';
    return { reason, sinceMs: heardAtMs ?? own.fittedAtMs };
  }
  if (blind === null || heardAtMs === null || own.silentAfterMs === Infinity) return null;
  const isBlind = heardAtMs - blind.receivedAtMs >= UNUSABLE_AFTER_MS && blind.messages >= UNUSABLE_MESSAGES;
  return isBlind ? { reason: 'no-fix', sinceMs: blind.receivedAtMs } : null;
}

/** When time alone makes it silent. */
export function silentFromMs(device: DeviceState, own: CompiledOwn): number {
  return Math.max(device.heardAtMs ?? -Infinity, watchedFromMs(device, own)) + own.silentAfterMs;
}

/** A tag that was recorded after it was fitted has been silent from then on only. */
function watchedFromMs({ knownAtMs }: DeviceState, { fittedAtMs }: CompiledOwn): number {
  return Math.max(fittedAtMs, knownAtMs ?? -Infinity);
}
