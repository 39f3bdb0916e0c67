/**
 * Pings in `tagwatch.inputs`: one record holds many, by columns, because appending, fetching and decoding a record costs more than
 * folding a ping. A column whose values are all the same is that value alone.
 */
import type { DeviceEvent, Mechanism, Ping } from '../engine/types.js';
import { type EventLog, type LogRecord, type NewRecord, RecordsRefused } from './event-log.js';
import { believed } from './log-time.js';
import { partitionOfKey } from './murmur2.js';
import { INPUT_FORMAT, inputHeaders, newerFormatOf } from './record-format.js';
import { appendInTurns, decodeJson, encodeJson, INPUTS, type InputRecord, inputRecord } from './topics.js';

/** A ping and when Tagwatch had it. */
export interface ReceivedPing {
  readonly ping: Ping;
  readonly receivedAtMs: number;
  readonly source?: string;
}

/** How pings are written. `single`, a record each, is what programs before `columns` can read: for the time of an upgrade. */
export const INPUT_FORMATS = ['columns', 'single'] as const;
export type InputFormat = (typeof INPUT_FORMATS)[number];

/** Most pings of one record: with the longest ids and every device event it stays below Kafka's default limit of 1 MB. */
export const MAX_PINGS_A_RECORD = 500;

/** Of a record's offset, what one place in it takes: positions are exact numbers up to an offset of 2^41. */
const PLACE = 1 / 4_096;

/** One input, with the times of its host as far as they are believed, and where it stands: `position` is the record's offset and, as a fraction, the place in it. */
export interface InputAt {
  readonly input: InputRecord;
  readonly position: number;
  /** The next one's, or the next record's offset. */
  readonly next: number;
  readonly place: number;
}

/** Written by a newer program: nothing of it may be passed over, so who cannot read it has to wait for an upgrade. */
export class UnknownFormat extends Error {
  override readonly name = 'UnknownFormat';
}

/** Said in the body, too: programs from before the header look there. */
const FORMAT = 1;
const HEADERS = inputHeaders('pings');

type Column<T> = T | readonly T[];

interface PingsRecord {
  readonly type: 'pings';
  readonly format: number;
  readonly count: number;
  readonly receivedAtMs: Column<number>;
  readonly tagId: Column<string>;
  readonly identity: Column<string>;
  readonly sequence: Column<number | null>;
  readonly fixedAtMs: Column<number>;
  /** Null where there is no position, and so in the three that follow. */
  readonly latitude: Column<number | null>;
  readonly longitude: Column<number | null>;
  readonly accuracyMetres: Column<number | null>;
  readonly mechanism: Column<Mechanism | null>;
  readonly positionIgnored: Column<string | null>;
  /** Words with commas between them. */
  readonly deviceEvents: Column<string>;
  readonly speedKmh: Column<number | null>;
  readonly headingDegrees: Column<number | null>;
  readonly altitudeMetres: Column<number | null>;
  readonly satellites: Column<number | null>;
  readonly batteryPercent: Column<number | null>;
  /** Absent in records of before. */
  readonly source?: Column<string | null>;
}

function column<T extends string | number | null>(
  pings: readonly ReceivedPing[],
  read: (one: ReceivedPing) => T,
): Column<T> {
  const first = read(pings[0]!);
  return pings.every((one) => read(one) === first) ? first : pings.map(read);
}

function encodePings(pings: readonly ReceivedPing[]): Uint8Array {
  const record: PingsRecord = {
    type: 'pings',
    format: FORMAT,
    count: pings.length,
    receivedAtMs: column(pings, ({ receivedAtMs }) => receivedAtMs),
    tagId: column(pings, ({ ping }) => ping.tagId),
    identity: column(pings, ({ ping }) => ping.identity),
    sequence: column(pings, ({ ping }) => ping.sequence),
    fixedAtMs: column(pings, ({ ping }) => ping.fixedAtMs),
    latitude: column(pings, ({ ping }) => ping.position?.latitude ?? null),
    longitude: column(pings, ({ ping }) => ping.position?.longitude ?? null),
    accuracyMetres: column(pings, ({ ping }) => ping.position?.accuracyMetres ?? null),
    mechanism: column(pings, ({ ping }) => ping.position?.mechanism ?? null),
    positionIgnored: column(pings, ({ ping }) => ping.positionIgnored ?? null),
    deviceEvents: column(pings, ({ ping }) => ping.deviceEvents.join(',')),
    speedKmh: column(pings, ({ ping }) => ping.speedKmh),
    headingDegrees: column(pings, ({ ping }) => ping.headingDegrees),
    altitudeMetres: column(pings, ({ ping }) => ping.altitudeMetres),
    satellites: column(pings, ({ ping }) => ping.satellites),
    batteryPercent: column(pings, ({ ping }) => ping.batteryPercent),
    source: column(pings, ({ source }) => source ?? null),
  };
  return encodeJson(record);
}

const NO_EVENTS: readonly DeviceEvent[] = [];

/** Throws `UnknownFormat`, and `Error` where the columns do not fit together. */
function decodePings(record: PingsRecord): ReceivedPing[] {
  if (record.format !== FORMAT)
    throw new UnknownFormat(`pings of format ${record.format}: this program reads ${FORMAT}`);
  const { count } = record;
  if (!Number.isInteger(count) || count < 1 || count > MAX_PINGS_A_RECORD)
    throw new Error(`${count} pings in a record`);
  const reader = <T>(name: keyof PingsRecord): ((at: number) => T) => {
    const values = record[name] as Column<T> | undefined;
    if (!Array.isArray(values)) return () => values as T;
    if (values.length !== count) throw new Error(`${values.length} of ${count} in the column ${name}`);
    return (at) => values[at] as T;
  };
  const receivedAtMs = reader<number>('receivedAtMs');
  const tagId = reader<string>('tagId');
  const identity = reader<string>('identity');
  const sequence = reader<number | null>('sequence');
  const fixedAtMs = reader<number>('fixedAtMs');
  const latitude = reader<number | null>('latitude');
  const longitude = reader<number | null>('longitude');
  const accuracyMetres = reader<number | null>('accuracyMetres');
  const mechanism = reader<Mechanism | null>('mechanism');
  const positionIgnored = reader<string | null>('positionIgnored');
  const deviceEvents = reader<string>('deviceEvents');
  const speedKmh = reader<number | null>('speedKmh');
  const headingDegrees = reader<number | null>('headingDegrees');
  const altitudeMetres = reader<number | null>('altitudeMetres');
  const satellites = reader<number | null>('satellites');
  const batteryPercent = reader<number | null>('batteryPercent');
  const source = reader<string | null | undefined>('source');
  const pings: ReceivedPing[] = [];
  for (let at = 0; at < count; at++) {
    const means = mechanism(at);
    const ignored = positionIgnored(at);
    const events = deviceEvents(at);
    const ping: Ping = {
      tagId: tagId(at),
      identity: identity(at),
      sequence: sequence(at),
      fixedAtMs: fixedAtMs(at),
      position:
        means === null
          ? null
          : {
              latitude: latitude(at)!,
              longitude: longitude(at)!,
              accuracyMetres: accuracyMetres(at),
              mechanism: means,
            },
      ...(ignored === null ? {} : { positionIgnored: ignored }),
      deviceEvents: events === '' ? NO_EVENTS : (events.split(',') as DeviceEvent[]),
      speedKmh: speedKmh(at),
      headingDegrees: headingDegrees(at),
      altitudeMetres: altitudeMetres(at),
      satellites: satellites(at),
      batteryPercent: batteryPercent(at),
    };
    if (typeof ping.tagId !== 'string' || typeof ping.identity !== 'string' || !Number.isFinite(ping.fixedAtMs))
      throw new Error(`the ping at ${at} has no tagId, identity or fixedAtMs`);
    const by = source(at) ?? null;
    pings.push({ ping, receivedAtMs: receivedAtMs(at), ...(by === null ? {} : { source: by }) });
  }
  return pings;
}

const KNOWN_INPUTS: ReadonlySet<string> = new Set<InputRecord['type']>([
  'ping',
  'watch',
  'shared',
  'wearer',
  'tick',
  'supplier',
  'supplier-tags',
  'reconcile',
  'history',
]);

/** What records of this process's readers hold, as long as their bytes are: engine, recorder and live view read the same ones. */
const alreadyRead = new WeakMap<Uint8Array, { readonly offset: number; readonly inputs: readonly InputAt[] }>();

/**
 * What a record of `tagwatch.inputs` holds, in order, and the same object for the same bytes. Throws `UnknownFormat` for what a newer program wrote, and `Error` for bytes
 * that are no input: only Tagwatch writes this topic, so that is somebody else's mistake.
 */
export function readInputs(record: LogRecord): readonly InputAt[] {
  const { value, offset } = record;
  const known = value === null ? undefined : alreadyRead.get(value);
  if (known?.offset === offset) return known.inputs;
  const inputs = decodeInputs(record);
  if (value !== null) alreadyRead.set(value, { offset, inputs });
  return inputs;
}

function decodeInputs(record: LogRecord): readonly InputAt[] {
  const { value, offset, appendedAtMs } = record;
  const newer = newerFormatOf(record, INPUT_FORMAT);
  if (newer !== null) throw new UnknownFormat(`an input of format ${newer}: this program reads ${INPUT_FORMAT}`);
  const input = decodeJson<InputRecord | PingsRecord | null>(value ?? new Uint8Array());
  const type = input?.type;
  if (type !== 'pings') {
    if (typeof type !== 'string' || !KNOWN_INPUTS.has(type)) throw new Error('the record is of no known type');
    return [{ input: believed(input as InputRecord, appendedAtMs), position: offset, next: offset + 1, place: 0 }];
  }
  const pings = decodePings(input as PingsRecord);
  return pings.map((one, place) => ({
    input: believed({ type: 'ping', ...one }, appendedAtMs),
    position: offset + place * PLACE,
    next: place + 1 < pings.length ? offset + (place + 1) * PLACE : offset + 1,
    place,
  }));
}

interface PingGroup {
  readonly record: NewRecord;
  readonly pings: readonly ReceivedPing[];
}

/** Pings as records of `tagwatch.inputs`: those of one partition together, in their order. */
function groupPings(pings: readonly ReceivedPing[], partitions: number, format: InputFormat): PingGroup[] {
  if (format === 'single') {
    return pings.map((one) => ({ record: inputRecord({ type: 'ping', ...one }), pings: [one] }));
  }
  const byPartition = new Map<number, ReceivedPing[]>();
  for (const one of pings) {
    const partition = partitionOfKey(one.ping.tagId, partitions);
    const others = byPartition.get(partition);
    if (others === undefined) byPartition.set(partition, [one]);
    else others.push(one);
  }
  return [...byPartition].flatMap(([partition, own]) => {
    const groups: PingGroup[] = [];
    for (let from = 0; from < own.length; from += MAX_PINGS_A_RECORD) {
      const part = own.slice(from, from + MAX_PINGS_A_RECORD);
      const first = part[0]!.ping.tagId;
      const isOneTag = part.every(({ ping }) => ping.tagId === first);
      const record = { key: isOneTag ? first : null, value: encodePings(part), partition, headers: HEADERS };
      groups.push({ record, pings: part });
    }
    return groups;
  });
}

/**
 * Appends pings in their order; answers those that the log will never take, found by halves where their record is refused. Rejects
 * as `append` does for anything else: then any of them may be in.
 */
export async function appendPings(
  log: EventLog,
  pings: readonly ReceivedPing[],
  format: InputFormat,
): Promise<readonly ReceivedPing[]> {
  if (pings.length === 0) return [];
  const groups = groupPings(pings, await log.partitionCount(INPUTS), format);
  try {
    await appendInTurns(
      log,
      INPUTS,
      groups.map(({ record }) => record),
    );
    return [];
  } catch (error) {
    if (!(error instanceof RecordsRefused)) throw error;
    const refused: ReceivedPing[] = [];
    for (const index of error.refused) {
      const own = groups[index]!.pings;
      const middle = own.length >> 1;
      if (middle === 0) refused.push(...own);
      else
        for (const half of [own.slice(0, middle), own.slice(middle)])
          refused.push(...(await appendPings(log, half, format)));
    }
    return refused;
  }
}
