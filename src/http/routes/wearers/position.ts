/**
 * `GET /api/v1/wearers/{wearerId}/position`: where a wearer was last, how long ago that is, and what the tag has said since without
 * a position.
 */
import { type Static, Type } from 'typebox';
import type { PlacedFix, TrailFix } from '../../../formats/trails/trail.js';
import type { Clock } from '../../../ports/clock.js';
import { DatabaseUnavailable } from '../../../ports/database.js';
import { PositionItemSchema } from '../../../wire/feed-messages.js';
import { RecordId } from '../../../wire/record-id.js';
import type { App } from '../../app.js';
import { type FeedPosition, toPositionItem } from '../../feed/position-item.js';
import { sees } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';

export interface PositionDeps {
  /** The live view (`views/live-view.ts`); null where it holds none. */
  readonly livePosition: (wearerId: string) => FeedPosition | null;
  /** By the record (`store/trail.ts`, `views/trail-clock.ts`); rejects with `DatabaseUnavailable`. */
  readonly latestPosition: (wearerId: string) => Promise<PlacedFix | null>;
  /** The newest messages without a position after an instant, the newest first; rejects with `DatabaseUnavailable`. */
  readonly readMessagesAfter: (query: {
    readonly wearerId: string;
    readonly afterMs: number;
  }) => Promise<readonly TrailFix[]>;
  readonly clock: Clock;
}

const Params = Type.Object({ wearerId: RecordId });
const Message = Type.Object({
  tagId: Type.String(),
  activationId: Type.String(),
  fixedAt: Type.String({ format: 'date-time' }),
  receivedAt: Type.String({ format: 'date-time' }),
  deviceEvents: Type.Array(Type.String()),
  positionIgnored: Type.Optional(Type.String({ description: 'Why the position that came was not taken' })),
});
const Answer = Type.Interface([PositionItemSchema], {
  ageSeconds: Type.Integer({ minimum: 0, description: 'since the fix, in the time of this server' }),
  messagesSince: Type.Optional(
    Type.Array(Message, {
      description:
        'What the tag has said after that without a position, the newest first; absent while the record is away',
    }),
  ),
});

export function registerPosition(app: App, deps: PositionDeps): void {
  const schema = {
    summary: 'The newest position of a wearer',
    tags: ['trail'],
    params: Params,
    response: { 200: Answer, ...problemResponses(404, 503) },
  };
  app.get(
    '/api/v1/wearers/:wearerId/position',
    { schema, config: { operation: 'positions.read', keepsToScope: true } },
    async (request, reply) => {
      const { wearerId } = request.params;
      const isVisible = sees(request, wearerId);
      const position = isVisible ? await readPosition(deps, wearerId) : null;
      if (position === null) {
        const messagesSince = isVisible ? await readMessages(deps, wearerId, 0) : [];
        const detail =
          messagesSince.length === 0
            ? 'No position of this wearer is known.'
            : 'No position of this wearer is known; the tag has sent messages without one (messagesSince).';
        return sendProblem(reply, { status: 404, detail, ...(messagesSince.length > 0 && { messagesSince }) });
      }
      // A clock that is ahead does not say when it was made.
      const fixedAtMs = Date.parse(position.clockAheadMs === undefined ? position.fixedAt : position.receivedAt);
      const ageSeconds = Math.max(0, Math.floor((deps.clock.nowMs() - fixedAtMs) / 1_000));
      // Positions go on while the database is away.
      const messagesSince = await readMessages(deps, wearerId, fixedAtMs).catch((error: unknown) => {
        if (error instanceof DatabaseUnavailable) return null;
        throw error;
      });
      return { ...position, ageSeconds, ...(messagesSince !== null && { messagesSince }) };
    },
  );
}

async function readMessages(deps: PositionDeps, wearerId: string, afterMs: number): Promise<Static<typeof Message>[]> {
  const messages = await deps.readMessagesAfter({ wearerId, afterMs });
  return messages.map(({ tagId, activationId, fixedAtMs, receivedAtMs, deviceEvents, positionIgnored }) => ({
    tagId,
    activationId,
    fixedAt: new Date(fixedAtMs).toISOString(),
    receivedAt: new Date(receivedAtMs).toISOString(),
    deviceEvents: [...deviceEvents],
    ...(positionIgnored !== undefined && { positionIgnored }),
  }));
}

async function readPosition(deps: PositionDeps, wearerId: string): Promise<Static<typeof PositionItemSchema> | null> {
  const live = deps.livePosition(wearerId);
  if (live !== null) return toPositionItem(live);
  const fix = await deps.latestPosition(wearerId);
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
    ...(fix.clockAheadMs === undefined ? {} : { clockAheadMs: fix.clockAheadMs }),
  };
}
