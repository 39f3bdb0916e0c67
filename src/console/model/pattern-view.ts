/** What the page of patterns shows, as its address says: of whom, by which authority, which days, and with whom they are compared. Pure. */
import { readStretch, STRETCHES, type Stretch } from './timeline-stretch.js';

export interface PatternView extends Pick<Stretch, 'days' | 'lastDay'> {
  /** Null: the authorities alone. */
  readonly wearerId: string | null;
  /** Null: the first that covers them. */
  readonly authorityId: string | null;
  /** Null: with nobody. */
  readonly other: string | null;
}

const DEFAULT_DAYS = 7;

export function readPatternView(query: string): PatternView {
  const said = new URLSearchParams(query);
  const { lastDay } = readStretch(query);
  const named = (name: string) => {
    const text = said.get(name)?.trim() ?? '';
    return text === '' ? null : text;
  };
  return {
    wearerId: named('wearerId'),
    authorityId: named('authorityId'),
    other: named('other'),
    days: STRETCHES.find((count) => String(count) === said.get('days')) ?? DEFAULT_DAYS,
    lastDay,
  };
}

export function writePatternView({ wearerId, authorityId, other, days, lastDay }: PatternView): string {
  const said = new URLSearchParams({
    ...(wearerId === null ? {} : { wearerId }),
    ...(authorityId === null ? {} : { authorityId }),
    ...(days === DEFAULT_DAYS ? {} : { days: String(days) }),
    ...(lastDay === null ? {} : { lastDay }),
    ...(other === null ? {} : { other }),
  }).toString();
  return said === '' ? '' : `?${said}`;
}
