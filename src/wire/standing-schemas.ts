/** How much stands unresolved, as the register and the feed count it. */
import { Type } from 'typebox';
import { STANDING_AGES } from '../alerts/standing.js';

const Count = Type.Integer({ minimum: 0 });

export const StandingCountsSchema = Type.Object({
  total: Count,
  byKind: Type.Record(Type.String(), Count, { description: 'only kinds of which there are any' }),
  byAge: Type.Object(Object.fromEntries(STANDING_AGES.map(([age]) => [age, Count]))),
});
