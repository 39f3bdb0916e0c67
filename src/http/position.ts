/** `GET /api/v1/wearers/{wearerId}/position`: where a wearer was last, and how long ago that is. */
import { type Static, Type } from 'typebox';
import { PositionItemSchema } from '../feed/messages.js';
import { type FeedPosition, toPositionItem } from '../feed/position-item.js';
import type { TrailFix } from '../formats/trail.js';
import type { Clock } from '../pipeline/ports.js';
import type { App } from './app.js';
import { RecordId } from './ids.js';
import { problemResponses, sendProblem } from './problems.js';

/** A fix dated further ahead of its receipt is nobody's newest (`engine.md`, "Time, order and lateness"). */
const AHEAD_OF_CLOCK_MS = 60_000;

export interface PositionDeps {
  /** The live view (`pipeline/live-view.ts`); null where it holds none. */
  readonly livePosition: (wearerId: string) => FeedPosition | null;
  /** The record (`store/trail.ts`); rejects with `DatabaseUnavailable`. */
  readonly latestPosition: (wearerId: string, aheadLimitMs: number) => Promise<TrailFix | null>;
  readonly clock: Clock;
}

const Params = Type.Object({ wearerId: RecordId });
const Answer = Type.Interface([PositionItemSchema], {
  ageSeconds: Type.Integer({ minimum: 0, description: 'since the fix, in the time of this server' }),
});

export function registerPosition(app: App, deps: PositionDeps): void {
  const schema = {
    summary: 'The newest position of a wearer',
    tags: ['trail'],
    params: Params,
    response: { 200: Answer, ...problemResponses(404, 503) },
  };
  app.get('/api/v1/wearers/:wearerId/position', { schema }, async (request, reply) => {
    const position = await readPosition(deps, request.params.wearerId);
    if (position === null) return sendProblem(reply, { status: 404, detail: 'No position of this wearer is known.' });
    const ageMs = deps.clock.nowMs() - Date.parse(position.fixedAt);
    return { ...position, ageSeconds: Math.max(0, Math.floor(ageMs / 1_000)) };
  });
}

async function readPosition(deps: PositionDeps, wearerId: string): Promise<Static<typeof PositionItemSchema> | null> {
  const live = deps.livePosition(wearerId);
  if (live !== null) return toPositionItem(live);
  const fix = await deps.latestPosition(wearerId, AHEAD_OF_CLOCK_MS);
  if (fix === null) return null;
  const { tagId, activationId, latitude, longitude, accuracyMetres, mechanism, speedKmh, headingDegrees } = fix;
  return {
    wearerId,
    tagId,
    activationId,
    fixedAt: new Date(fix.fixedAtMs).toISOString(),
    receivedAt: new Date(fix.receivedAtMs).toISOString(),
    latitude,
    longitude,
    accuracyMetres,
    mechanism,
    speedKmh,
    headingDegrees,
    batteryPercent: fix.batteryPercent,
  };
}
