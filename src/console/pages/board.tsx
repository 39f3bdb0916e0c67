/** The board: the queue of alerts and the map, side by side. */
import { signal, useComputed, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { AlertHead, AlertRow, isSelected } from '../components/alert-row.js';
import { Filters } from '../components/filters.js';
import { MapPanel } from '../components/map-panel.js';
import { useReading } from '../components/reading.js';
import { book, isKnown, me, nowMs, wearers } from '../live/live.js';
import { type BoardFilter, isInTab, TABS, type Tab } from '../model/board-filter.js';
import {
  type Arrangement,
  emptyArrangement,
  nextDock,
  nextShown,
  SECTIONS,
  type Section,
} from '../model/list-order.js';
import { boardAddress, page } from '../route.js';

const TAB_WORDS: Readonly<Record<Tab, string>> = {
  new: 'New',
  mine: 'Mine',
  acknowledged: 'Acknowledged',
  closed: 'Closed',
};
const EMPTY_WORDS: Readonly<Record<Tab, string>> = {
  new: 'Nothing is waiting to be acknowledged.',
  mine: 'You have acknowledged nothing that is still open.',
  acknowledged: 'Nothing is acknowledged and still open.',
  closed: 'Nothing was closed since this page was opened.',
};
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
      {TABS.map((tab, index) => (
        <a
          key={tab}
          href={boardAddress({ ...filter, tab })}
          aria-current={tab === filter.tab ? 'page' : undefined}
          id={`tab-${tab}`}
        >
          {TAB_WORDS[tab]} <span class="tw-count">{counts.value[index]}</span>
        </a>
      ))}
    </nav>
  );
}

function Rows({ ids }: { readonly ids: readonly string[] }) {
  const alerts = book.value.alerts;
  return (
    <>
      {ids.map((id) => {
        const item = alerts.get(id);
        return item === undefined ? null : <AlertRow key={id} item={item} isSelected={isSelected(id)} />;
      })}
    </>
  );
}

/** Critical alerts have a place of their own, always the same: nothing below it moves when one comes. */
function Dock() {
  const { ref, isReading } = useReading<HTMLDivElement>();
  const ids = useRef<readonly string[]>([]);
  ids.current = nextDock(ids.current, book.value.alerts, isReading());
  const count = ids.current.length;
  return (
    <section class="tw-dock" aria-label="Critical alerts" data-count={count}>
      <h2 class="tw-dock__heading">
        Critical <span class="tw-count">{count}</span>
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

function SectionBody({
  section,
  ids,
  hidden,
}: {
  readonly section: Section;
  readonly ids: readonly string[];
  readonly hidden: number;
}) {
  if (ids.length === 0) return null;
  return (
    <tbody id={`section-${section}`}>
      <tr class="tw-section">
        <th colSpan={4} scope="rowgroup">
          {SECTION_WORDS[section]} <span class="tw-count">{ids.length + hidden}</span>
        </th>
      </tr>
      <Rows ids={ids} />
    </tbody>
  );
}

function Queue({ filter }: { readonly filter: BoardFilter }) {
  const { ref, isReading } = useReading<HTMLDivElement>();
  const shown = useRef<{ readonly key: string; readonly arrangement: Arrangement; readonly shows: number }>({
    key: '',
    arrangement: emptyArrangement,
    shows: 0,
  });
  const limit = useRef(PAGE_ROWS);
  const key = boardAddress(filter);
  const isAsked = showNow.value !== shown.current.shows;
  if (key !== shown.current.key) limit.current = PAGE_ROWS;
  const isHeld = key === shown.current.key && !isAsked && isReading();
  const view = { filter, mySubjectId: me.value?.subjectId ?? '', wearers: wearers.value };
  const next = nextShown(shown.current.arrangement, book.value.alerts, view, isHeld);
  shown.current = { key, arrangement: next.arrangement, shows: showNow.value };
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
  const bodies = SECTIONS.map((section) => {
    const all = next.arrangement[section];
    const ids = all.slice(0, left);
    left -= ids.length;
    return { section, ids, hidden: all.length - ids.length };
  });
  const total = SECTIONS.reduce((sum, section) => sum + next.arrangement[section].length, 0);
  return (
    <div ref={ref} class="tw-queue__scroll" id="alerts">
      {total === 0 ? (
        <p class="tw-none">{isKnown.value ? EMPTY_WORDS[filter.tab] : NOT_KNOWN}</p>
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

export function Board() {
  const now = page.value;
  if (now.name !== 'board') return null;
  return (
    <main class="tw-board" id="main">
      <h1 class="govuk-visually-hidden">Board</h1>
      <section class="tw-queue" aria-label="Alerts">
        <Dock />
        <div class="tw-queue__head">
          <Tabs filter={now.filter} />
          <Waiting />
        </div>
        <Filters filter={now.filter} />
        <Queue filter={now.filter} />
      </section>
      <MapPanel />
    </main>
  );
}
