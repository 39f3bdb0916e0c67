/** `GET /api/v1/wanted`: who is to be arrested wherever met, for everybody who sees the wearer's alerts, before anybody is sent. */
import { Type } from 'typebox';
import type { Clock } from '../../../ports/clock.js';
import { InstantSchema } from '../../../wire/alert-schemas.js';
import { WANTED, type WantedWearer } from '../../../wire/priority.js';
import { RecordId } from '../../../wire/record-id.js';
import type { App } from '../../app.js';
import { DEFAULT_LIST_LIMIT, decodeCursor, FOREIGN_CURSOR, ListOf, ListQuery, toPage } from '../../plugins/lists.js';
import { sees } from '../../plugins/principal.js';
import { problemResponses, sendProblem } from '../../plugins/problems.js';

const Item = Type.Object({
  wearerId: Type.String(),
  wanted: Type.Enum([...WANTED]),
  since: Type.String({ ...InstantSchema, description: 'as it was recorded, or from when the flags hold that say so' }),
});
const Key = Type.Tuple([RecordId]);

export interface WantedDeps {
  readonly listWanted: (query: {
    readonly nowMs: number;
    readonly after: string | null;
    readonly limit: number;
  }) => Promise<WantedWearer[]>;
  readonly clock: Clock;
}

export function registerWanted(app: App, { listWanted, clock }: WantedDeps): void {
  const schema = {
    summary: 'Who is wanted or unlawfully at large, by wearer',
    tags: ['wearers'],
    querystring: ListQuery,
    response: { 200: ListOf(Item), ...problemResponses(400, 403, 503) },
  };
  const config = { operation: 'alerts.read', keepsToScope: true } as const;
  app.get('/api/v1/wanted', { schema, config }, async (request, reply) => {
    const { cursor, limit = DEFAULT_LIST_LIMIT } = request.query;
    const key = cursor === undefined ? ([null] as const) : decodeCursor(cursor, Key);
    if (key === null) return sendProblem(reply, { status: 400, errors: [FOREIGN_CURSOR] });
    const nowMs = clock.nowMs();
    const found: WantedWearer[] = [];
    for (let after: string | null = key[0]; ; ) {
      const rows: WantedWearer[] = await listWanted({ nowMs, after, limit: limit + 1 });
      found.push(...rows.filter(({ wearerId }) => sees(request, wearerId)));
      const last = rows.at(-1);
      if (found.length > limit || rows.length <= limit || last === undefined) break;
      after = last.wearerId;
    }
    return toPage(found, limit, ({ wearerId }) => [wearerId]);
  });
}
