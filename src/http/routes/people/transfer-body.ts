/** What a transfer says, and what scope goes by once it is accepted. */
import Type, { type Static } from 'typebox';
import { Check } from 'typebox/value';
import type { WearerScope } from '../../../access/may.js';
import { Line } from '../../../records/rule.js';

/** Where the wearer goes: what is not said there is not said of the wearer any more. */
export const TransferBody = Type.Object(
  {
    force: Line(200),
    division: Type.Optional(Line(200)),
    schemes: Type.Optional(Type.Array(Line(200), { maxItems: 50, uniqueItems: true })),
  },
  { additionalProperties: false },
);
export type TransferBody = Static<typeof TransferBody>;

/** What scope goes by once it is accepted; null: it is no transfer of this program. */
export function toTransferScope(body: unknown): Pick<WearerScope, 'force' | 'division' | 'schemes'> | null {
  if (!Check(TransferBody, body)) return null;
  return { force: body.force, division: body.division ?? null, schemes: body.schemes ?? [] };
}
