/** Preloaded into a program (`NODE_OPTIONS=--import`): its clock is as far ahead as `TEST_CLOCK_AHEAD_MS` says. */
const aheadMs = Number(process.env.TEST_CLOCK_AHEAD_MS);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + aheadMs);
    else super(...parts);
  }
  static now() {
    return RealDate.now() + aheadMs;
  }
};
