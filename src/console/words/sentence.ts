/** An alert in one sentence, as one would say it over the radio. Pure. */
import { type AlertItem, strengthOf } from '../../alerts/alert.js';
import type { AlertKind } from '../../engine/types.js';
import { duration, hourAndMinute, timeOfDay } from './times.js';
import { REASON_WORDS } from './words.js';

interface Named {
  readonly who: string;
  /** Null: not known here, or there is none. */
  readonly zone: string | null;
}

type PlaceKind = 'exclusion' | 'inclusion' | 'restriction' | 'buffer';
type OtherKind = Exclude<AlertKind, PlaceKind | 'curfew' | 'unknown-at-edge' | 'supplier-silent'>;

/** What is said behind "The tag of NAME", while it goes on and afterwards. Total: a new kind wants its words. */
const TAG_WORDS: Readonly<Record<Exclude<OtherKind, 'unmonitored'>, readonly [now: string, then: string]>> = {
  'strap-tamper': ['reports that its strap was cut or opened', 'reported that its strap was cut or opened'],
  'case-tamper': ['reports that its case was opened', 'reported that its case was opened'],
  'battery-low': ['reports that its battery is low', 'reported that its battery was low'],
  'battery-critical': ['reports that its battery is nearly empty', 'reported that its battery was nearly empty'],
  'charging-overdue': ['has not been charged for too long', 'was not charged for too long'],
  'powered-off': ['reports that it was powered off', 'reported that it was powered off'],
  'no-gps': ['reports that it has no GPS', 'reported that it had no GPS'],
  jamming: ['reports that it may be jammed', 'reported that it might be jammed'],
  'never-moves': ['never moves and may not be on a leg', 'did not move and may not have been on a leg'],
  'clock-ahead': ['has a clock that runs ahead', 'had a clock that ran ahead'],
  'clock-behind': [
    'sends everything late by the same time: its clock may run behind, or it sends its store as fast as it fills it',
    'sent everything late by the same time: its clock may have run behind, or it sent its store as fast as it filled it',
  ],
  'schedule-ran-out': [
    'belongs to a curfew whose schedule has run out, so that nobody judges by it',
    'belonged to a curfew whose schedule had run out, so that nobody judged by it',
  ],
};

/** Of a tag by which nobody is watched: why. */
const UNMONITORED_WORDS: Readonly<
  Record<'not-read' | 'never-heard' | 'silent' | 'no-fix', readonly [now: string, then: string]>
> = {
  'not-read': ['sends what is not read', 'sent what was not read'],
  'never-heard': ['has never been heard from since it was fitted', 'was not heard from after it was fitted'],
  silent: ['has not been heard from for too long', 'was not heard from for too long'],
  'no-fix': [
    'is heard from, but without a position that can be used',
    'was heard from, but without a position that could be used',
  ],
};

function tagWords({ kind, reason }: AlertItem & { readonly kind: OtherKind }, isOver: boolean): string {
  const words =
    kind !== 'unmonitored'
      ? TAG_WORDS[kind]
      : UNMONITORED_WORDS[reason !== undefined && reason in UNMONITORED_WORDS ? (reason as 'silent') : 'silent'];
  return words[isOver ? 1 : 0];
}

const isOfTag = (item: AlertItem): item is AlertItem & { readonly kind: OtherKind } =>
  item.kind === 'unmonitored' || item.kind in TAG_WORDS;

/** `Adam Kerr is 31 m inside the exclusion zone Protected address, since 18:02:11.` */
export function sentenceOf(item: AlertItem, { who, zone }: Named, nowMs: number): string {
  const at = (instant: string) => timeOfDay(Date.parse(instant), nowMs);
  const { startedAt, endedAt } = item.episode;
  const lasted = endedAt === null ? '' : duration(Date.parse(endedAt) - Date.parse(startedAt));
  const when = endedAt === null ? `, since ${at(startedAt)}` : ` from ${at(startedAt)} to ${at(endedAt)} (${lasted})`;
  const isSuspected = strengthOf(item, item.confirmedAt) === 'suspected';
  const body = describe(item, { who, zone }, { when, isSuspected, isOver: endedAt !== null, nowMs });
  if (item.type === 'withdrawn') return `Withdrawn: ${body} ${withdrawnWords(item.historic)}`;
  return body;
}

/** What takes back need not be a fix: what was silent is heard, what was reported is corrected. */
const withdrawnWords = (isHistoric: boolean): string =>
  isHistoric ? 'The past, judged again, did not bear it out.' : 'What came in later did not bear it out.';

/** `, from 18:00:00 to 18:10:00 (10 min)`: behind words that would take it for their own. */
const apart = (when: string): string => (when.startsWith(',') ? when : `,${when}`);

interface How {
  readonly when: string;
  readonly isSuspected: boolean;
  readonly isOver: boolean;
  readonly nowMs: number;
}

function describe(item: AlertItem, named: Named, how: How): string {
  const { who } = named;
  const { when, isSuspected, isOver } = how;
  if (item.reason === 'no-tag')
    return `${who} ${isOver ? 'wore no tag while an order was' : 'wears no tag while an order is'} in force${apart(when)}.`;
  if (isOfTag(item)) return `The tag of ${who} ${tagWords(item, isOver)}${apart(when)}.`;
  if (item.kind === 'supplier-silent') return describeSupplier(item, who, apart(when), isOver);
  if (item.kind === 'curfew') return describeCurfew(item, who, how);
  if (item.kind === 'unknown-at-edge') {
    const edge = item.explanation.edgeAt ?? item.episode.startedAt;
    return `It is not known where ${who} was at ${hourAndMinute(Date.parse(edge), how.nowMs)}, when a curfew began or ended.`;
  }
  const place = placeWords(item.kind, named.zone);
  if (item.explanation.rule === 'crossing') return `${who} may have crossed ${place}${when}.`;
  const verb = isSuspected ? (isOver ? 'may have been' : 'may be') : isOver ? 'was' : 'is';
  const unsure = isSuspected ? ' It is not confirmed.' : '';
  return `${who} ${verb} ${isOver ? '' : distanceWords(item)}${sideOf(item.kind)} ${place}${when}.${unsure}`;
}

/** Why nobody is watched, where a tag is not heard from. */
function whyWords({ reason }: AlertItem): string {
  return reason === undefined ? '' : ` (${REASON_WORDS[reason]})`;
}

/** Its topic stands in the place of the wearer, behind `supplier/`. */
function describeSupplier(item: AlertItem, who: string, when: string, isOver: boolean): string {
  const { coversTags } = item;
  const topic = who.slice(who.indexOf('/') + 1);
  const tags = coversTags === 1 ? '1 tag was' : `${coversTags?.toLocaleString('en-GB')} tags were`;
  const covers = coversTags === undefined ? '' : ` ${tags} last heard of through it.`;
  return `Nothing ${isOver ? 'came' : 'comes'} from the supplier ${topic}${whyWords(item)}${when}.${covers}`;
}

function describeCurfew(item: AlertItem, who: string, { when, isSuspected, isOver, nowMs }: How): string {
  const at = (instant: string) => hourAndMinute(Date.parse(instant), nowMs);
  const window = item.window === undefined ? '' : ` (${at(item.window.opensAt)} to ${at(item.window.closesAt)})`;
  const unsure = isSuspected ? ' It is not confirmed.' : '';
  const left = isSuspected ? 'may have left' : isOver ? 'left' : 'has left';
  const was = isSuspected ? (isOver ? 'may have been' : 'may be') : isOver ? 'was' : 'is';
  switch (item.reason) {
    case 'late-home':
      return `${who} ${isSuspected ? 'may not have been' : 'was not'} home when the curfew${window} began: out${when}.${unsure}`;
    case 'left-during':
      return `${who} ${left} home during the curfew${window}: out${when}.${unsure}`;
    case 'out-for-whole-window':
      return `${who} ${isSuspected ? 'may have been' : 'was'} out for the whole of the curfew${window}.${unsure}`;
    case 'out-at-end':
      return `${who} ${isSuspected ? 'may have been' : 'was'} out when the curfew${window} ended: out${when}.${unsure}`;
    default:
      return `${who} ${was} out during the curfew${window}${when}.${unsure}`;
  }
}

function placeWords(kind: AlertItem['kind'], zone: string | null): string {
  const name = zone === null ? '' : ` ${zone}`;
  if (kind === 'inclusion') return `the inclusion zone${name}`;
  if (kind === 'restriction') return `the permitted area${name}`;
  return `the exclusion zone${name}`;
}

function sideOf(kind: AlertItem['kind']): string {
  if (kind === 'exclusion') return 'inside';
  return kind === 'buffer' ? 'near' : 'outside';
}

/** `31 m `: how far by the newest fix of the finding, where that lies on the side that the alert is about. */
function distanceWords({ kind, explanation }: AlertItem): string {
  const fix = explanation.fixes.at(-1);
  if (fix === undefined || kind === 'buffer') return '';
  const isInside = fix.signedDistanceMetres <= 0;
  if (isInside !== (kind === 'exclusion')) return '';
  return `${Math.round(Math.abs(fix.signedDistanceMetres))} m `;
}
