/**
 * Preloaded into a program (`NODE_OPTIONS=--import`): its clock is as far ahead as `TEST_CLOCK_AHEAD_MS` says when it starts, and from then on
 * runs so many times as fast as `TEST_CLOCK_TIMES` says; timers go by the machine's.
 */
const aheadMs = Number(process.env.TEST_CLOCK_AHEAD_MS ?? 0);
const times = Number(process.env.TEST_CLOCK_TIMES ?? 1);
const RealDate = Date;
const startedAtMs = RealDate.now();
const nowMs = () => Math.floor(startedAtMs + aheadMs + (RealDate.now() - startedAtMs) * times);

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(nowMs());
    else super(...parts);
  }
  static now() {
    return nowMs();
  }
};
