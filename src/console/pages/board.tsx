/** The board: the queue of alerts and the map, side by side. */
import { signal, useComputed, useSignalEffect } from '@preact/signals';
import { Fragment } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { AlertItem } from '../../alerts/alert.js';
import type { FloodSpan } from '../../alerts/grouping.js';
import { AlertHead, AlertRow, isSelected } from '../components/alert-row.js';
import { Filters } from '../components/filters.js';
import { GroupRow, MoreOfGroup } from '../components/group-row.js';
import { MapPanel } from '../components/map-panel.js';
import { MarkedBar } from '../components/marked-bar.js';
import { useReading } from '../components/reading.js';
import { groupMembers, marked, openGroups } from '../components/selection.js';
import { health } from '../live/health.js';
import { book, isKnown, me, nowMs, serverNowMs, wearers } from '../live/live.js';
import { priorityOf } from '../live/priority.js';
import { isUnacknowledged } from '../model/alert-book.js';
import {
  type BoardFilter,
  isInTab,
  isNarrowed,
  readFilter,
  TABS,
  type Tab,
  writeFilter,
} from '../model/board-filter.js';
import { countRecent, floodOf, foldRows, type Groups, groupsOf, type Row } from '../model/folded-rows.js';
import {
  type Arrangement,
  emptyArrangement,
  nextDock,
  nextShown,
  SECTIONS,
  type Section,
} from '../model/list-order.js';
import { keepFilterOf, readFilterOf } from '../preferences.js';
import { boardAddress, go, page } from '../route.js';
import { timeOfDay } from '../words/times.js';

const TAB_WORDS: Readonly<Record<Tab, string>> = {
  new: 'New',
  mine: 'Mine',
  acknowledged: 'Acknowledged',
  'in-hand': 'In hand',
  suspended: 'Suspended',
  closed: 'Closed',
};
const EMPTY_WORDS: Readonly<Record<Tab, string>> = {
  new: 'Nothing is waiting to be acknowledged.',
  mine: 'You have nothing in hand.',
  acknowledged: 'Nothing is acknowledged and waits for an owner.',
  'in-hand': 'Nobody has anything in hand.',
  suspended: 'Nothing is suspended.',
  closed: 'Nothing was closed since this page was opened.',
};
/** What is critical stands above and is not in the list: then this is not all. */
const emptyWords = (tab: Tab, items: readonly AlertItem[]): string =>
  tab === 'new' && items.some((item) => item.severity === 'critical' && isUnacknowledged(item))
    ? 'Nothing but what is critical, above, is waiting to be acknowledged.'
    : EMPTY_WORDS[tab];
const SECTION_WORDS: Readonly<Record<Section, string>> = {
  confirmed: 'Zones and curfews: confirmed',
  suspected: 'Zones and curfews: suspected',
  devices: 'Device health',
  closed: 'Closed since this page was opened',
};
const NOT_KNOWN = 'Not known yet: nothing has come from the server.';
/** A plain table of so many rows at most; the rest is a key away. */
const PAGE_ROWS = 100;

const waiting = signal<readonly string[]>([]);
/** Set by the button and the key that show what waits. */
const showNow = signal(0);
export const showWaiting = (): void => {
  showNow.value += 1;
};

function Tabs({ filter }: { readonly filter: BoardFilter }) {
  const counts = useComputed(() => {
    const mySubjectId = me.value?.subjectId ?? '';
    const all = [...book.value.alerts.values()];
    return TABS.map((tab) => all.filter((item) => isInTab(item, tab, mySubjectId)).length);
  });
  return (
    <nav class="tw-tabs" aria-label="Alerts by state">
      {TABS.map((tab, index) =>
        // A tab that is nearly always empty is there when it is not.
        tab === 'suspended' && counts.value[index] === 0 && tab !== filter.tab ? null : (
          <a
            key={tab}
            href={boardAddress({ ...filter, tab })}
            aria-current={tab === filter.tab ? 'page' : undefined}
            id={`tab-${tab}`}
          >
            {TAB_WORDS[tab]} <span class="tw-count">{isKnown.value ? counts.value[index] : '…'}</span>
          </a>
        ),
      )}
    </nav>
  );
}

function Rows({ ids }: { readonly ids: readonly string[] }) {
  const { alerts } = book.value;
  return (
    <>
      {ids.map((id) => {
        const item = alerts.get(id);
        return item === undefined ? null : <AlertRow key={id} item={item} isSelected={isSelected(id)} />;
      })}
    </>
  );
}

function FoldedRows({ rows }: { readonly rows: readonly Row[] }) {
  const { alerts } = book.value;
  return (
    <>
      {rows.map((row) => {
        if (row.type === 'alert') return <Rows key={row.alertId} ids={[row.alertId]} />;
        const items = row.group.alertIds.flatMap((id) => alerts.get(id) ?? []);
        return (
          <Fragment key={row.groupId}>
            <GroupRow groupId={row.groupId} group={row.group} items={items} />
            <Rows ids={row.group.alertIds.slice(0, openGroups.value.get(row.groupId) ?? 0)} />
            <MoreOfGroup groupId={row.groupId} count={row.group.alertIds.length} />
          </Fragment>
        );
      })}
    </>
  );
}

const rankOf = (item: AlertItem): number => priorityOf(item).rank;

/** Critical alerts have a place of their own, always the same: nothing below it moves when one comes. */
function Dock() {
  const { ref, isReading } = useReading<HTMLDivElement>();
  const ids = useRef<readonly string[]>([]);
  ids.current = nextDock(ids.current, book.value.alerts, rankOf, isReading());
  const count = ids.current.length;
  return (
    <section class="tw-dock" aria-label="Critical alerts" data-count={count}>
      <h2 class="tw-dock__heading">
        Critical <span class="tw-count">{isKnown.value ? count : '…'}</span>
      </h2>
      <div ref={ref} class="tw-dock__scroll">
        {count === 0 ? (
          <p class="tw-none">{isKnown.value ? 'No critical alert is open.' : NOT_KNOWN}</p>
        ) : (
          <table class="tw-alerts">
            <AlertHead />
            <tbody>
              <Rows ids={ids.current} />
            </tbody>
          </table>
        )}
      </div>
    </section>
  );
}

interface Body {
  readonly section: Section;
  readonly rows: readonly Row[];
  /** Alerts, also of those that are not shown. */
  readonly count: number;
}

function SectionBody({ section, rows, count }: Body) {
  if (rows.length === 0) return null;
  return (
    <tbody id={`section-${section}`}>
      <tr class="tw-section">
        <th colSpan={4} scope="rowgroup">
          {SECTION_WORDS[section]} <span class="tw-count">{count}</span>
        </th>
      </tr>
      <FoldedRows rows={rows} />
    </tbody>
  );
}

interface ShownList {
  readonly key: string;
  readonly arrangement: Arrangement;
  /** As they were when the list was arranged: nothing folds under the eyes of who reads. */
  readonly groups: Groups;
  readonly flood: FloodSpan | null;
  readonly shows: number;
}
const NOTHING: ShownList = { key: '', arrangement: emptyArrangement, groups: new Map(), flood: null, shows: 0 };

function Queue({ filter }: { readonly filter: BoardFilter }) {
  const { ref, isReading } = useReading<HTMLDivElement>();
  const shown = useRef(NOTHING);
  const limit = useRef(PAGE_ROWS);
  const key = boardAddress(filter);
  const isAsked = showNow.value !== shown.current.shows;
  if (key !== shown.current.key) limit.current = PAGE_ROWS;
  const isHeld = key === shown.current.key && !isAsked && isReading();
  const view = { filter, mySubjectId: me.value?.subjectId ?? '', wearers: wearers.value, rankOf };
  const { alerts } = book.value;
  const next = nextShown(shown.current.arrangement, alerts, view, isHeld);
  const items = [...alerts.values()];
  const flood = isHeld ? shown.current.flood : floodOf(items, health.value?.floodSince ?? null, serverNowMs());
  const groups = isHeld ? shown.current.groups : groupsOf(items, flood);
  shown.current = { key, arrangement: next.arrangement, groups, flood, shows: showNow.value };
  useEffect(() => {
    waiting.value = next.waiting;
  });
  useEffect(() => {
    if (showNow.peek() > 0) ref.current?.scrollTo({ top: 0 });
  }, [showNow.value]);
  // The list is looked at again while time passes: when nobody reads any more, everything goes to its place.
  const wasHeld = useRef(false);
  wasHeld.current = isHeld;
  useSignalEffect(() => {
    if (nowMs.value > 0 && wasHeld.current && !isReading()) showWaiting();
  });
  let left = limit.current;
  let total = 0;
  const bodies = SECTIONS.map((section): Body => {
    const ids = next.arrangement[section];
    const all = foldRows(section, ids, groups);
    const rows = all.slice(0, left);
    left -= rows.length;
    total += all.length;
    return { section, rows, count: ids.length };
  });
  useEffect(() => {
    groupMembers.value = new Map(
      bodies.flatMap(({ rows }) =>
        rows.flatMap((row) => (row.type === 'group' ? [[row.groupId, row.group.alertIds] as const] : [])),
      ),
    );
  });
  return (
    <div ref={ref} class="tw-queue__scroll" id="alerts">
      {flood === null ? null : <FloodBanner flood={flood} items={items} />}
      {total === 0 ? (
        <p class="tw-none">{isKnown.value ? emptyWords(filter.tab, items) : NOT_KNOWN}</p>
      ) : (
        <table class="tw-alerts">
          <AlertHead />
          {bodies.map((body) => (
            <SectionBody key={body.section} {...body} />
          ))}
        </table>
      )}
      {total > limit.current ? (
        <button
          type="button"
          class="tw-button tw-more"
          onClick={() => {
            limit.current += PAGE_ROWS;
            showWaiting();
          }}
        >
          {`Show more: ${limit.current} of ${total} are shown`}
        </button>
      ) : null}
    </div>
  );
}

/** Why rows are folded: since when, how many. Critical ones stand above, each by itself. */
function FloodBanner({ flood, items }: { readonly flood: FloodSpan; readonly items: readonly AlertItem[] }) {
  // The server has counted what was closed before this page was opened; what came since it was asked is known here.
  const recent = Math.max(countRecent(items, serverNowMs()), health.value?.raisedInTenMinutes ?? 0);
  return (
    <p class="tw-flood" role="note">
      {`Flood since ${timeOfDay(flood.fromMs, serverNowMs())}: ${recent} alerts in ten minutes. ` +
        'Alerts of one cause are one row until it is over; critical ones never are.'}
    </p>
  );
}

function Waiting() {
  const count = waiting.value.length;
  return (
    <button
      type="button"
      id="waiting"
      class="tw-button tw-button--main tw-waiting"
      hidden={count === 0}
      onClick={showWaiting}
    >
      {count === 1 ? 'Show 1 new' : `Show ${count} new`}
    </button>
  );
}

/** The filter is kept for who chose it; an address that says one is stronger. */
let isFilterBack = false;

function keepFilter(): void {
  const now = page.value;
  const subjectId = me.value?.subjectId;
  if (now.name !== 'board' || subjectId === undefined) return;
  const { filter } = now;
  if (!isFilterBack) {
    isFilterBack = true;
    const kept = readFilter(new URLSearchParams(readFilterOf(subjectId)));
    if (!isNarrowed(filter) && isNarrowed(kept)) {
      go(boardAddress({ ...kept, tab: filter.tab }), true);
      return;
    }
  }
  keepFilterOf(subjectId, writeFilter({ ...filter, tab: 'new' }).toString());
}

export function Board() {
  useSignalEffect(keepFilter);
  const now = page.value;
  if (now.name !== 'board') return null;
  return (
    <main class="tw-board" id="main">
      <h1 class="govuk-visually-hidden">Board</h1>
      <section class="tw-queue" aria-label="Alerts">
        <Dock />
        <div class="tw-queue__head">
          <Tabs filter={now.filter} />
        </div>
        {marked.value.size > 0 ? <MarkedBar /> : <Filters filter={now.filter} />}
        <Queue filter={now.filter} />
        <Waiting />
      </section>
      <MapPanel />
    </main>
  );
}
