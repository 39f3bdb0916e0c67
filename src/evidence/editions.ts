/** What each edition of a pack holds of the record, and what it withholds and why. */
import type { Alert } from '../alerts/alert.js';
import { type AlertEvent, isFinding } from '../alerts/event.js';
import type { AuditEntry } from '../ports/audit.js';
import type { StoredRecord } from '../ports/records.js';
import { toZoneFeature, type ZoneContent } from '../records/kinds/zone-feature.js';
import type { Edition } from '../wire/pack.js';
import type { PackAlert, PackAudit, PackModel, PackRecord } from './pack-model.js';
import type { Manifest } from './read-manifest.js';

export type Withheld = Manifest['withheld'][number];

/** How the force manages a wearer, and whom it lets know: no matter of what was found. */
const MANAGED = ['schemes', 'division', 'restrictedTo'] as const;

/** Of who asked, and not of what was done. */
const OF_WHO_ASKED = ['scope', 'address'] as const;

const WITHHELD: Readonly<Record<Edition, readonly Withheld[]>> = {
  full: [],
  court: [
    {
      what: `record.json: ${MANAGED.join(', ')} of the wearer`,
      why: 'how the force manages the wearer is no part of what was found',
    },
    {
      what: `audit.json: ${OF_WHO_ASKED.join(', ')} of who asked`,
      why: 'what else somebody may see, and from which address they asked, is no part of what was done',
    },
  ],
  'wearer-safe': [
    {
      what: 'zone.geojson, track.csv, track.geojson, track.gpx, track.kml, inputs.ndjson',
      why: 'a boundary, and so an address, could be rebuilt from them',
    },
    {
      what: 'audit.json',
      why: 'who looked, acted and took packs away names staff, and recipients who may have to do with a protected person',
    },
    {
      what: 'statement.docx',
      why: 'a witness speaks of places: the draft of a statement is in the full and the court edition',
    },
    {
      what: 'alert.json: ids of conditions and zones, severity, fixes, distances, likelihoods, thresholds, notes, names of staff',
      why: 'a place or a person could be found by them',
    },
    {
      what: 'record.json: all but the type and dates of orders, the kind and times of conditions, the times of absences',
      why: 'names, addresses and free text may tell of a protected person',
    },
  ],
};

export const withheldOf = (edition: Edition): readonly Withheld[] => WITHHELD[edition];
export const holdsPlaces = (edition: Edition): boolean => edition !== 'wearer-safe';

/** What `record.json` holds. */
export function recordsOf({ records }: PackModel, edition: Edition): unknown {
  if (edition === 'wearer-safe') return records.flatMap(safeRecord);
  return records.map(({ kind, versions }) => ({
    kind,
    versions: versions.map((version) => ({ ...version, content: contentOf(kind, version, edition) })),
  }));
}

/** A version as an edition may show it. */
export function contentOf(kind: string, { id, content }: StoredRecord, edition: Edition): object {
  // Its shape stands in zone.geojson as GeoJSON.
  if (kind === 'zone') return toZoneFeature(content as ZoneContent, id);
  if (kind !== 'wearer' || edition === 'full') return content;
  return Object.fromEntries(Object.entries(content).filter(([field]) => !MANAGED.some((name) => name === field)));
}

/** What may be said of each kind: named one by one, so that a field that is added later is not said. */
const SAFE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  order: ['type', 'startsAt', 'endsAt'],
  condition: ['kind', 'startsAt', 'endsAt', 'graceMinutes'],
  absence: ['startsAt', 'endsAt'],
};

function safeRecord({ kind, versions }: PackRecord): unknown[] {
  const fields = SAFE_FIELDS[kind];
  if (fields === undefined) return [];
  const pick = (content: object) =>
    Object.fromEntries(Object.entries(content).filter(([field]) => fields.includes(field)));
  const said = versions.map(({ version, effectiveAt, recordedAt, content }) => ({
    version,
    effectiveAt,
    recordedAt,
    content: pick(content),
  }));
  return [{ kind, versions: said }];
}

/** What `alert.json` holds. */
export function alertsOf({ alerts }: PackModel, edition: Edition): unknown {
  if (edition === 'wearer-safe') return alerts.map(safeAlert);
  return alerts.map(({ alert, events }) => ({ alert, events }));
}

/** What `audit.json` holds; the wearer-safe edition has none. */
export function auditOf({ head, fromMs, links, isCut, amongOthers }: PackAudit, edition: Edition): object {
  return {
    from: new Date(fromMs).toISOString(),
    head,
    isCut,
    amongOthers,
    entries: links.map(({ entry, ...place }) => ({ ...place, entry: entryOf(entry, edition) })),
  };
}

function entryOf(entry: AuditEntry, edition: Edition): object {
  if (edition === 'full') return entry;
  return Object.fromEntries(Object.entries(entry).filter(([field]) => !OF_WHO_ASKED.some((name) => name === field)));
}

/** That there is a victim who was told of it is not said, nor what was refused. */
export const safeEvents = (events: PackAlert['events']): PackAlert['events'] =>
  events.filter(({ event, outcome }) => outcome === 'accepted' && event.type !== 'victim-contacted');

function safeAlert({ alert, events }: PackAlert): unknown {
  return {
    alert: safeFold(alert),
    events: safeEvents(events).map(({ event }) => safeEvent(event)),
  };
}

const safeFold = ({ alertId, status, raisedAt, disposition, disposedAt, finding }: Alert) => ({
  alertId,
  status,
  raisedAt,
  ...(disposition === undefined ? {} : { disposition, disposedAt }),
  kind: finding.kind,
  strength: finding.strength ?? null,
  episode: finding.episode,
});

function safeEvent(event: AlertEvent): unknown {
  if (!isFinding(event)) {
    const { type, at, disposition } = event;
    return { type, at, ...(disposition === undefined ? {} : { disposition }) };
  }
  const { revision, type, kind, strength, episode, raisedAt, delayedByMs, historic, reason, endedBecause } = event;
  return {
    revision,
    type,
    kind,
    strength: strength ?? null,
    episode,
    raisedAt,
    delayedByMs,
    historic,
    ...(reason === undefined ? {} : { reason }),
    ...(endedBecause === undefined ? {} : { endedBecause }),
  };
}
