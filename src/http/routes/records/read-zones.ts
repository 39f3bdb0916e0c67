/**
 * `POST /api/v1/zone-files/read`: what a zone file, or a zone that is being drawn, would be as a record: judged by the validation of `PUT`, and
 * warned of what that takes although nobody meant it. Nothing is written.
 */
import Type, { type Static } from 'typebox';
import type { Bbox } from '../../../formats/zones/zone.js';
import { readZoneFile } from '../../../formats/zones/zone-file.js';
import { checkZone, TYPICAL_R95_METRES } from '../../../formats/zones/zone-file-check.js';
import type { ZoneFinding } from '../../../formats/zones/zone-file-item.js';
import { zone } from '../../../records/kinds/zone.js';
import type { App } from '../../app.js';
import { problemResponses } from '../../plugins/problems.js';
import { createTurns } from '../../plugins/turns.js';

const BODY_LIMIT_BYTES = 6 * 1_048_576;
const MAX_NAME_LENGTH = 255;
/** Judged and answered of one file; a set of more is for `tagwatch zones import`. */
const MAX_ZONES = 200;

const Body = Type.Object(
  {
    name: Type.String({ maxLength: MAX_NAME_LENGTH, description: 'of the file: its ending tells the format' }),
    base64: Type.String({ description: 'GeoJSON, KML or WKT' }),
  },
  { additionalProperties: false },
);
const Finding = Type.Object({
  severity: Type.Enum(['error', 'warning']),
  detail: Type.String(),
  line: Type.Optional(Type.Integer()),
  pointer: Type.Optional(Type.String({ description: 'into the zone as GeoJSON' })),
  position: Type.Optional(
    Type.Unsafe<readonly [number, number]>(Type.Array(Type.Number(), { description: 'longitude, latitude' })),
  ),
});
const Answer = Type.Object({
  zones: Type.Array(
    Type.Object({
      id: Type.Optional(Type.String()),
      zone: Type.Optional(Type.Unsafe<object>({ type: 'object', description: 'as PUT takes it; absent: it is none' })),
      areaSquareMetres: Type.Optional(Type.Number()),
      findings: Type.Array(Finding),
    }),
  ),
  findings: Type.Array(Finding, { description: 'about the file as a whole' }),
});

const OPTIONS = { idFrom: null, nameFrom: null, idPrefix: 'zone', ignoresUnknown: true } as const;

const toFinding = ({ severity, detail, line, pointer, position }: ZoneFinding): Static<typeof Finding> => ({
  severity,
  detail,
  ...(line === null ? {} : { line }),
  ...(pointer === null ? {} : { pointer }),
  ...(position === null ? {} : { position }),
});

export function registerReadZones(app: App, { serviceArea }: { readonly serviceArea: Bbox | null }): void {
  const schema = {
    summary: 'Read a zone file or a drawn zone, and judge it as PUT would; nothing is written',
    tags: ['records'],
    body: Body,
    response: { 200: Answer, ...problemResponses(400, 403, 413, 415, 422) },
  };
  const config = {
    operation: 'records.write',
    keepsToScope: true,
    audit: { not: 'it tells what was sent, and keeps nothing of it', denied: true },
  } as const;
  app.post(
    '/api/v1/zone-files/read',
    { schema, config, bodyLimit: BODY_LIMIT_BYTES, preHandler: createTurns() },
    async (request) => {
      const { name, base64 } = request.body;
      const content = await readZoneFile(toChunks(base64), { format: null, name }, OPTIONS);
      const zones = content.features.slice(0, MAX_ZONES).map((feature) => {
        const { zone: checked, findings } = checkZone(feature, { serviceArea, r95Metres: TYPICAL_R95_METRES });
        const own = content.findings.filter(({ number }) => number === feature.number);
        const told = [...own, ...findings].map(toFinding);
        const id = feature.id === null ? {} : { id: feature.id };
        if (checked === null) return { ...id, findings: told };
        const { zone: valid, properties, areaSquareMetres } = checked.valid;
        const whole = zone.toWire?.({ ...properties, ...valid }, feature.id ?? '') ?? {};
        const { id: _, ...body } = whole as { readonly id?: string };
        return { ...id, zone: body, areaSquareMetres, findings: told };
      });
      const findings = content.findings.filter(({ number }) => number === null).map(toFinding);
      const left = content.features.length - zones.length;
      const detail = `${left} more zones were passed over: at most ${MAX_ZONES} are read here; "tagwatch zones import" takes more.`;
      return { zones, findings: left > 0 ? [...findings, { severity: 'warning' as const, detail }] : findings };
    },
  );
}

async function* toChunks(base64: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(base64, 'base64');
}
