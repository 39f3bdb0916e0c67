/** A briefing in words: the same rows on the page and in the file. Pure. */
import { KIND_WORDS } from '../alerts/kind-words.js';
import { briefTime } from './brief-time.js';
import type { Briefing, BriefingHead, BriefingPeriod } from './briefing.js';
import { CONDITION_KIND_WORDS } from './condition-words.js';
import { findDealtWith } from './recall.js';
import { dealtWithWords } from './recall-words.js';

export const PERIOD_WORDS: Readonly<Record<BriefingPeriod, string>> = {
  daily: 'Daily briefing',
  weekly: 'Weekly briefing',
};

/** `Daily briefing, East, Mon 23 Nov 06:00 to Tue 24 Nov 06:00`. */
export const briefingTitle = ({ period, division, from, to }: BriefingHead): string =>
  `${PERIOD_WORDS[period]}, ${division ?? 'all divisions'}, ${briefTime(from)} to ${briefTime(to)}`;

export interface BriefingRow {
  readonly wearerId: string;
  readonly alertId?: string;
  readonly cells: readonly string[];
}

export interface BriefingSection {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly BriefingRow[];
  /** Said where there are no rows. */
  readonly none: string;
}

const PANEL_WORDS: Readonly<Record<string, string>> = {
  select: 'selected',
  retain: 'retained',
  deselect: 'de-selected',
  reject: 'rejected',
  transfer: 'transferred',
};
const STRENGTH_WORDS = { confirmed: 'confirmed', suspected: 'suspected', withdrawn: 'withdrawn' } as const;

const who = ({ name, wearerId }: { readonly name: string; readonly wearerId: string }): string =>
  `${name} (${wearerId})`;
const plainly = (text: string): string => text.replaceAll('-', ' ');

export function toBriefingSections({ content, to }: Pick<Briefing, 'content' | 'to'>): BriefingSection[] {
  const { alerts, ragChanges, membershipChanges, panels, silentTags, conditionsTonight, releases, reviewsDue } =
    content;
  const { dealtWith } = content;
  const nightWords = `${briefTime(content.tonight.fromAt)} to ${briefTime(content.tonight.untilAt)}`;
  return [
    {
      title: `Alerts since the last one: ${alerts.length}`,
      columns: ['Who', 'What', 'Severity', 'Raised', 'How it stands'],
      rows: alerts.map((one) => ({
        wearerId: one.wearerId,
        alertId: one.alertId,
        cells: [
          who(one),
          `${KIND_WORDS[one.kind]}, ${STRENGTH_WORDS[one.strength]}`,
          one.severity,
          briefTime(one.raisedAt),
          withRequest(
            one.disposition === null ? (one.status === 'open' ? 'unresolved' : 'closed') : plainly(one.disposition),
            one,
          ),
        ],
      })),
      none: 'No alert was raised.',
    },
    {
      title: `Silent tags: ${silentTags.length}`,
      columns: ['Who', 'Tag', 'What', 'Since'],
      rows: silentTags.map((one) => ({
        wearerId: one.wearerId,
        alertId: one.alertId,
        cells: [who(one), one.tagId, withRequest(KIND_WORDS[one.kind], one), briefTime(one.since)],
      })),
      none: 'No tag is silent.',
    },
    ...(dealtWith === undefined
      ? []
      : [
          {
            title: `Already dealt with: ${dealtWith.length}`,
            columns: ['Who', 'How far'],
            rows: dealtWith.map((one) => ({ wearerId: one.wearerId, cells: [who(one), dealtWithWords(one)] })),
            none: 'No recall is asked for and no breach is before a court, nor was in the last 28 days.',
          },
        ]),
    {
      title: `RAG changes: ${ragChanges.length}`,
      columns: ['Who', 'Change', 'Since', 'Written by'],
      rows: ragChanges.map((one) => ({
        wearerId: one.wearerId,
        cells: [who(one), ...changeCells(one, 'not rated')],
      })),
      none: 'No rating has changed.',
    },
    {
      title: `Selected and de-selected: ${membershipChanges.length + panels.length}`,
      columns: ['Who', 'What', 'When', 'Written by'],
      rows: [
        ...membershipChanges.map((one) => ({
          wearerId: one.wearerId,
          cells: [who(one), ...changeCells(one, 'not of the cohort')],
        })),
        ...panels.map((one) => ({
          wearerId: one.wearerId,
          cells: [who(one), `panel: ${PANEL_WORDS[one.decision] ?? one.decision}`, briefTime(one.at), '–'],
        })),
      ],
      none: 'Nobody was selected or de-selected.',
    },
    {
      title: `Conditions in force tonight, ${nightWords}: ${conditionsTonight.length}`,
      columns: ['Who', 'What', 'From', 'Until'],
      rows: conditionsTonight.map((one) => ({
        wearerId: one.wearerId,
        cells: [
          who(one),
          `${CONDITION_KIND_WORDS[one.kind]} ${one.zone ?? 'a zone that is not named here'}`,
          one.fromAt <= content.tonight.fromAt ? 'before' : briefTime(one.fromAt),
          one.untilAt >= content.tonight.untilAt ? 'after' : briefTime(one.untilAt),
        ],
      })),
      none: 'No condition is in force.',
    },
    {
      title: `Releases: ${releases.length}`,
      columns: ['Who', 'What', 'When'],
      rows: releases.map((one) => ({
        wearerId: one.wearerId,
        cells: [
          who(one),
          one.what === 'release' ? `release: ${one.subject}` : 'time in custody ends, as it is on record',
          one.at === null ? 'not said' : briefTime(one.at),
        ],
      })),
      none: 'No release is known.',
    },
    {
      title: `Reviews due: ${reviewsDue.length}`,
      columns: ['Who', 'Of', 'Due'],
      rows: reviewsDue.map((one) => ({
        wearerId: one.wearerId,
        cells: [
          who(one),
          one.of === 'plan' ? 'the risk management plan' : 'the wearer',
          `${briefTime(one.dueAt)}${one.dueAt < to ? ', overdue' : ''}`,
        ],
      })),
      none: 'No review is due.',
    },
  ];

  function withRequest(words: string, about: { readonly alertId: string; readonly wearerId: string }): string {
    const request = findDealtWith(dealtWith ?? [], about);
    return request === null ? words : `${words}. ${dealtWithWords(request)}`;
  }
}

function changeCells(
  {
    before,
    now,
    since,
    by,
  }: {
    readonly before: string | null;
    readonly now: string | null;
    readonly since: string | null;
    readonly by: string | null;
  },
  none: string,
): string[] {
  return [
    `${before ?? none} → ${now ?? none}`,
    since === null ? '–' : briefTime(since),
    by === null ? '–' : by.slice(by.lastIndexOf('#') + 1),
  ];
}

/** What every briefing does not tell. */
export const BRIEFING_LIMITS = [
  'It is as it was read when it was made; what was mended since is in the next one. An alert that was found late stands in the next one, too.',
  'It names no zone of a victim, and nobody of whom only named persons may know.',
  'Conditions that apply to all wearers are not listed. A condition in force is no sign that the wearer is monitored: see the silent tags.',
] as const;

/** `2 more are not told: …`; null: everybody is. */
export const hiddenWords = (hidden: number): string | null =>
  hidden === 0
    ? null
    : `${hidden} ${hidden === 1 ? 'wearer is' : 'wearers are'} left out: whoever reads it may not see them.`;
