/** A term with its zone prepared and its absent ends made infinite. */

import { type PreparedZone, prepareZone, widenZone } from '../geometry/zone.js';
import type { ConditionKind, EngineEvent, Term, Zone } from '../types.js';
import { cutAbsences, type Piece } from './absences.js';

/** A zone without its shape, which is prepared: what came over the wire is 100 small objects for 60 vertices. */
export type NamedZone = Omit<Zone, 'shape'>;

export interface PreparedTerm {
  readonly key: string;
  readonly kind: ConditionKind | 'buffer';
  readonly term: Term;
  readonly zone: NamedZone;
  /** What it is judged by: the zone, or the zone with its buffer. */
  readonly shape: PreparedZone;
  /** The zone itself: distances are told to its boundary. */
  readonly zoneShape: PreparedZone;
  /** What warns before an exclusion is violated; null: nothing does, or this is it. */
  readonly buffer: PreparedTerm | null;
  readonly startsAtMs: number;
  /** Infinity where the term is open. */
  readonly endsAtMs: number;
  /** Without its absences. */
  readonly windows: Float64Array | null;
  /** What each window is a part of; null where there are no absences. */
  readonly pieces: readonly Piece[] | null;
  /** Exclusion is violated inside, the others outside. */
  readonly violatedInside: boolean;
}

/** One version of a condition with one version of a zone. */
export function termKey({ conditionId, conditionVersion, zoneKey }: Term): string {
  // A template would be held as the tree of its parts, three times as large, for each tag and term.
  return [conditionId, '@', conditionVersion, '/', zoneKey].join('');
}

const BUFFER_SUFFIX = '+buffer';

/** The key of a term's buffer. */
export const bufferKey = (key: string): string => key + BUFFER_SUFFIX;

/** The key of the term that an event is about; null where it is about none. */
export function termKeyOf(
  event: Pick<EngineEvent, 'kind' | 'conditionId' | 'conditionVersion' | 'zoneId' | 'zoneVersion'>,
): string | null {
  const { kind, conditionId, conditionVersion, zoneId, zoneVersion } = event;
  if (conditionId === null) return null;
  const key = `${conditionId}@${conditionVersion}/${zoneId}@${zoneVersion}`;
  return kind === 'buffer' ? bufferKey(key) : key;
}

/** The key of the zone's own term, of that or of its buffer's. */
export const zoneTermKey = (key: string): string =>
  key.endsWith(BUFFER_SUFFIX) ? key.slice(0, -BUFFER_SUFFIX.length) : key;

/** By their keys, with their buffers. */
export function termsByKey(terms: readonly PreparedTerm[]): Map<string, PreparedTerm> {
  const all = terms.flatMap((term) => (term.buffer === null ? [term] : [term, term.buffer]));
  return new Map(all.map((term) => [term.key, term]));
}

/** Beyond this shape a fix tells nothing about a term that is violated inside. */
export function outerShape({ shape, buffer }: PreparedTerm): PreparedZone {
  return buffer === null ? shape : buffer.shape;
}

/**
 * Prepares terms with the zones they name. Zone versions never change, so shapes prepared before are taken from `prepared`,
 * which is added to. Throws where a zone is missing: the publisher sends them together.
 */
export function prepareTerms(
  terms: readonly Term[],
  zones: Readonly<Record<string, Zone>>,
  prepared: Map<string, PreparedZone>,
): PreparedTerm[] {
  return terms.map((term) => {
    const zone = zones[term.zoneKey];
    if (zone === undefined)
      throw new Error(`Condition ${term.conditionId} names zone ${term.zoneKey}, which is not there.`);
    let shape = prepared.get(term.zoneKey);
    if (shape === undefined) {
      shape = prepareZone(zone.shape);
      prepared.set(term.zoneKey, shape);
    }
    const cut = cutAbsences(term);
    const one = {
      key: termKey(term),
      kind: term.kind,
      term,
      zone: nameOf(zone),
      shape,
      zoneShape: shape,
      buffer: null,
      startsAtMs: term.startsAtMs,
      endsAtMs: term.endsAtMs ?? Infinity,
      windows: cut?.windows ?? (term.windows === null ? null : Float64Array.from(term.windows)),
      pieces: cut?.pieces ?? null,
      violatedInside: term.kind === 'exclusion',
    };
    // The others are violated outside their zone, and a ring within it would warn whoever is where he has to be.
    const bufferMetres = term.kind === 'exclusion' ? (zone.bufferMetres ?? 0) : 0;
    if (bufferMetres === 0) return one;
    const near = { ...one, key: bufferKey(one.key), kind: 'buffer' as const, shape: widenZone(shape, bufferMetres) };
    return { ...one, buffer: near };
  });
}

function nameOf({ shape: _, ...named }: Zone): NamedZone {
  return named;
}
