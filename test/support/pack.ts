/** A small model of a pack, found by the engine itself: one alert, a dozen pings, no database. */

import { toFindingEvent } from '../../src/alerts/event.js';
import { applyEvent } from '../../src/alerts/fold.js';
import type { Ping, TagWatch, Zone } from '../../src/engine/types.js';
import { measureTrack } from '../../src/evidence/measure-track.js';
import type { PackAlert, PackModel, PackOrder, PackRecord } from '../../src/evidence/pack-model.js';
import type { TrustedKey } from '../../src/evidence/trusted-keys.js';
import type { TrailFix } from '../../src/formats/trails/trail.js';
import type { AuditEntry } from '../../src/ports/audit.js';
import type { StoredRecord } from '../../src/ports/records.js';
import { type RerunInputs, rerun } from '../../src/roles/reconciler/rerun.js';
import type { SigningKey } from '../../src/signing-key.js';

export const ENGINE = 'e'.repeat(64);
const DAY_MS = 86_400_000;

/** What is planted in it and must not be found in a wearer-safe pack. */
export const NEEDLES = {
  zoneName: 'Refuge at 17 Planted Lane L1 9ZZ',
  zoneId: 'Z-planted-lane',
  conditionId: 'C-keep-off-planted-lane',
  reason: 'collects from Jane Needle',
  wording: 'Not to approach\nthe house of J. Haystack-Needle, by day or by night',
  note: 'she lives at 17 Planted Lane',
  actor: 'PC Haystack',
  address: '203.0.113.17',
  latitude: '53.4312',
  longitude: '-2.9345',
} as const;

export interface ModelOptions {
  /** When the first ping was made, epoch ms. */
  readonly startMs?: number;
  readonly priority?: Zone['priority'];
  readonly wearerName?: string;
  /** What the order says is on record; it is unless told otherwise. */
  readonly hasWording?: boolean;
  /** Between pings. */
  readonly everyMs?: number;
  /** Of pings, twelve unless given. */
  readonly count?: number;
  /** Which are inside. */
  readonly isInside?: (i: number) => boolean;
  readonly accuracyMetres?: number;
  readonly shape?: Zone['shape'];
  readonly bufferMetres?: number;
}

const CIRCLE: Zone['shape'] = {
  type: 'circle',
  latitude: Number(NEEDLES.latitude),
  longitude: Number(NEEDLES.longitude),
  radiusMetres: 200,
};

/** In from the fourth to the eighth of twelve pings; the tenth is an LBS fix, and before the last there is a gap. */
export function makeModel(options: ModelOptions = {}): PackModel {
  const { startMs = Date.parse('2026-11-20T20:00:00Z'), everyMs = 60_000, count = 12 } = options;
  const inputs = makeInputs(startMs, everyMs, count, options);
  const findings = rerun(inputs).map(toFindingEvent);
  const alerts = [...new Set(findings.map(({ alertId }) => alertId))].map((alertId) => {
    const own = findings.filter((finding) => finding.alertId === alertId);
    return makeAlert(own, inputs, startMs, options.hasWording === false ? null : NEEDLES.wording);
  });
  const track = inputs.pings.map((stored, i) =>
    toTrailFix(stored, i === count - 1 ? startMs + (count - 2) * everyMs : null),
  );
  return {
    wearerId: 'W-1',
    fromMs: startMs - 3_600_000,
    toMs: startMs + Math.max(3_600_000, (count + 9) * everyMs),
    alerts,
    records: makeRecords(inputs.watch, startMs - 3_600_000, options),
    ...measureTrack(track, alerts),
    audit: makeAudit(startMs),
    deletedPings: 0,
    deleted: [],
  };
}

/** Disposed of by a person in the end. */
function makeAlert(
  findings: PackAlert['findings'],
  inputs: RerunInputs,
  startMs: number,
  wording: string | null,
): PackAlert {
  const disposed = {
    eventId: 'K-1',
    alertId: findings[0]!.alertId,
    type: 'disposed' as const,
    wearerId: 'W-1',
    actor: NEEDLES.actor,
    at: new Date(startMs + DAY_MS / 24).toISOString(),
    seen: { revision: findings.length, actions: 0 },
    disposition: 'breach-suspected' as const,
    note: NEEDLES.note,
  };
  let alert = null as ReturnType<typeof applyEvent>['alert'];
  const events = [...findings, disposed].map((event, seq) => {
    alert = applyEvent(alert, event, seq).alert;
    return { seq, event, outcome: 'accepted' as const, refusal: null };
  });
  return { alert: alert!, events, findings, inputs, wording };
}

/** One who took it over, from an address. */
function makeAudit(startMs: number): PackModel['audit'] {
  const entry: AuditEntry = {
    what: 'alerts.act',
    act: 'alteration',
    when: new Date(startMs + 600_000).toISOString(),
    who: NEEDLES.actor,
    roles: ['sergeant'],
    scope: { areas: [], wearerIds: [], tagPrefixes: [] },
    subjectId: 'P-1',
    subjectType: 'alert',
    wearerIds: ['W-1'],
    outcome: 'done',
    operationId: 'POST /api/v1/alerts/:alertId/actions',
    correlationId: 'request-1',
    address: NEEDLES.address,
    service: 'tagwatch test',
    writer: 'w1',
    n: 1,
  };
  const hash = 'a'.repeat(64);
  const link = { position: 3, epoch: 'E', offset: 7, hash, entry };
  return {
    head: { position: 4, hash: 'b'.repeat(64) },
    fromMs: startMs - 3_600_000,
    links: [link],
    isCut: false,
    amongOthers: 2,
  };
}

function makeInputs(startMs: number, everyMs: number, count: number, options: ModelOptions): RerunInputs {
  const { priority = 'standard', accuracyMetres = 8, shape = CIRCLE, bufferMetres = null } = options;
  const isInside = options.isInside ?? ((i) => i >= 3 && i <= 7);
  const zone: Zone = {
    zoneId: NEEDLES.zoneId,
    version: 1,
    priority,
    bufferMetres,
    shape,
  };
  const watch: TagWatch = {
    tagId: 'T-1',
    sequence: 0,
    publishedAtMs: startMs,
    accuracyConvention: 'r68',
    defaultAccuracyMetres: null,
    intervalSeconds: 60,
    activations: [
      {
        activationId: 'A-1',
        wearerId: 'W-1',
        fittedAtMs: startMs - DAY_MS,
        removedAtMs: null,
        terms: [
          {
            conditionId: NEEDLES.conditionId,
            conditionVersion: 1,
            zoneKey: `${NEEDLES.zoneId}@1`,
            kind: 'exclusion',
            confirmOn: priority === 'victim' ? 'first-fix' : 'belief',
            graceMs: 0,
            startsAtMs: startMs - DAY_MS,
            endsAtMs: null,
            endsBecause: null,
            publishedAtMs: startMs - DAY_MS,
            windows: null,
            windowsUntilMs: null,
          },
        ],
      },
    ],
    zones: { [`${NEEDLES.zoneId}@1`]: zone },
  };
  const pings = Array.from({ length: count }, (_, i) => {
    const fixedAtMs = startMs + (i === count - 1 ? count + 8 : i) * everyMs;
    return { ping: makePing(i, fixedAtMs, isInside(i), accuracyMetres), receivedAtMs: fixedAtMs + 2_000 };
  });
  return { activationId: 'A-1', watch, shared: [], pings, untilMs: pings.at(-1)!.receivedAtMs };
}

const makePing = (i: number, fixedAtMs: number, isInside: boolean, accuracyMetres: number): Ping => ({
  tagId: 'T-1',
  identity: `${i}`,
  sequence: i,
  fixedAtMs,
  position: {
    latitude: Number(NEEDLES.latitude) + (isInside ? 0.0002 : 0.01),
    longitude: Number(NEEDLES.longitude) + (i % 60) * 0.0001,
    accuracyMetres,
    mechanism: i === 9 ? 'LBS' : 'GPS',
  },
  deviceEvents: [],
  speedKmh: 4,
  headingDegrees: 90,
  altitudeMetres: null,
  satellites: 9,
  batteryPercent: Math.max(80 - i, 5),
});

function toTrailFix({ ping, receivedAtMs }: RerunInputs['pings'][number], gapFromMs: number | null): TrailFix {
  const { position, tagId, sequence, fixedAtMs, speedKmh, headingDegrees, altitudeMetres, satellites } = ping;
  return {
    tagId,
    activationId: 'A-1',
    sequence,
    fixedAtMs,
    receivedAtMs,
    latitude: position!.latitude,
    longitude: position!.longitude,
    accuracyMetres: position!.accuracyMetres,
    mechanism: position!.mechanism,
    speedKmh,
    headingDegrees,
    altitudeMetres,
    satellites,
    batteryPercent: ping.batteryPercent,
    deviceEvents: ping.deviceEvents,
    notJudged: position!.mechanism === 'LBS' ? 'mechanism' : null,
    ...(gapFromMs === null ? {} : { gapBefore: { fromMs: gapFromMs, cannotExclude: [] } }),
  };
}

function makeRecords(watch: TagWatch, fromMs: number, options: ModelOptions): PackRecord[] {
  const { wearerName = 'Sam Example', hasWording = true } = options;
  const at = new Date(watch.activations[0]!.fittedAtMs).toISOString();
  const record = (kind: string, id: string, content: object): PackRecord => {
    const version: StoredRecord = {
      id,
      content,
      version: 1,
      effectiveAt: at,
      effectiveAtGiven: false,
      recordedAt: at,
      author: NEEDLES.actor,
      changeReason: null,
      correlationId: null,
    };
    return { kind, versions: [version] };
  };
  const zone = watch.zones[`${NEEDLES.zoneId}@1`]!;
  const { priority, bufferMetres, shape } = zone;
  return [
    record('wearer', 'W-1', { name: wearerName, force: 'Example', division: 'North' }),
    record('activation', 'A-1', { tagId: 'T-1', wearerId: 'W-1', fittedAt: at }),
    record('tag', 'T-1', {}),
    record('order', 'O-1', { wearerId: 'W-1', type: 'licence', startsAt: at }),
    record('condition', NEEDLES.conditionId, {
      orderId: 'O-1',
      kind: 'exclusion',
      zoneId: NEEDLES.zoneId,
      ...(hasWording ? { wording: NEEDLES.wording } : {}),
      startsAt: at,
    }),
    record('zone', NEEDLES.zoneId, { name: NEEDLES.zoneName, priority, bufferMetres, shape }),
    record('absence', 'AB-1', {
      orderId: 'O-1',
      startsAt: at,
      endsAt: new Date(fromMs + 60_000).toISOString(),
      reason: NEEDLES.reason,
    }),
    record('absence', 'AB-0', { orderId: 'O-1', startsAt: at, endsAt: at, reason: NEEDLES.reason }),
  ];
}

export const ORDER: PackOrder = {
  packId: '00000000-0000-4000-8000-000000000001',
  edition: 'full',
  marking: 'OFFICIAL-SENSITIVE',
  madeAtMs: Date.parse('2026-11-21T09:00:00Z'),
  madeBy: 'officer',
  recipient: 'Liverpool Magistrates',
  purpose: 'hearing of 24 November',
  program: { version: '0.1.0', engine: ENGINE },
};

/** As the register of `tagwatch keys` has it. */
export function trust(key: SigningKey, over: Partial<TrustedKey> = {}): TrustedKey {
  const publicKey = key.publicKey.export({ type: 'spki', format: 'pem' }) as string;
  return { keyId: key.keyId, publicKey, validFrom: '2026-01-01T00:00:00.000Z', ...over };
}
