/** The list of alerts: sections, counts, and the rule that nothing moves under somebody who reads. */
import type { AlertItem } from '../../alerts/alert.js';
import {
  type Arrangement,
  emptyArrangement,
  nextShown,
  SECTIONS,
  type Section,
  sectionOf,
} from '../model/list-order.js';
import { type AlertRow, createRow, type RowActions, type RowContext } from './alert-row.js';
import { byId, setText } from './dom.js';

export interface AlertList {
  /** Shows the alerts; moves nothing while somebody reads. */
  show(alerts: ReadonlyMap<string, AlertItem>, contextOf: (item: AlertItem) => RowContext): void;
  /** Once a second: what changes with time alone. */
  tick(nowMs: number): void;
  row(alertId: string): AlertRow | undefined;
}

/** How long after the last sign of reading the list may move again. */
const READING_MS = 8_000;

export function createAlertList(actions: RowActions): AlertList {
  const list = byId('alerts');
  const scroller = byId('alerts-scroll');
  const waitingButton = byId('waiting') as HTMLButtonElement;
  const lists: Readonly<Record<Section, HTMLElement>> = {
    unacknowledged: byId('list-unacknowledged'),
    acknowledged: byId('list-acknowledged'),
    closed: byId('list-closed'),
  };
  const rows = new Map<string, AlertRow>();
  let arrangement: Arrangement = emptyArrangement;
  let latest: { alerts: ReadonlyMap<string, AlertItem>; contextOf: (item: AlertItem) => RowContext } | null = null;
  let lastReadAtMs = Number.NEGATIVE_INFINITY;
  let isPointerInside = false;

  const signs = ['pointermove', 'wheel', 'keydown', 'focusin', 'touchstart'] as const;
  for (const sign of signs) {
    list.addEventListener(
      sign,
      () => {
        lastReadAtMs = performance.now();
      },
      { passive: true },
    );
  }
  list.addEventListener('pointerenter', () => {
    isPointerInside = true;
  });
  list.addEventListener('pointerleave', () => {
    isPointerInside = false;
  });
  waitingButton.addEventListener('click', () => {
    draw(false);
    scroller.scrollTo({ top: 0 });
    // The button is gone now: focus goes to what it brought.
    lists.unacknowledged.querySelector<HTMLElement>('button')?.focus();
  });

  function isReading(): boolean {
    if (scroller.scrollTop > 0) return true;
    if ([...rows.values()].some((row) => row.isOpen())) return true;
    if (isPointerInside) return performance.now() - lastReadAtMs < READING_MS;
    return list.contains(document.activeElement) && performance.now() - lastReadAtMs < READING_MS;
  }

  function place(parent: HTMLElement, ids: readonly string[]): void {
    const wanted = ids.map((id) => rows.get(id)?.node).filter((node) => node !== undefined);
    for (const [index, node] of wanted.entries()) {
      // Moving a node that is where it belongs would lose its focus.
      if (parent.children[index] !== node) parent.insertBefore(node, parent.children[index] ?? null);
    }
    while (parent.children.length > wanted.length) parent.lastElementChild?.remove();
  }

  function draw(reading: boolean): void {
    if (latest === null) return;
    const { alerts, contextOf } = latest;
    const { arrangement: next, waiting } = nextShown(arrangement, alerts, reading);
    arrangement = next;
    for (const section of SECTIONS) {
      for (const id of next[section]) {
        const item = alerts.get(id);
        if (item === undefined) continue;
        let row = rows.get(id);
        if (row === undefined) {
          row = createRow(id, actions);
          rows.set(id, row);
        }
        row.update(item, contextOf(item));
      }
      place(lists[section], next[section]);
    }
    for (const id of rows.keys()) if (!alerts.has(id)) rows.delete(id);
    count(alerts);
    waitingButton.hidden = waiting.length === 0;
    setText(waitingButton, waiting.length === 1 ? 'Show 1 new alert' : `Show ${waiting.length} new alerts`);
  }

  function count(alerts: ReadonlyMap<string, AlertItem>): void {
    const counts: Record<Section, number> = { unacknowledged: 0, acknowledged: 0, closed: 0 };
    for (const item of alerts.values()) counts[sectionOf(item)] += 1;
    for (const section of SECTIONS) {
      setText(byId(`count-${section}`), String(counts[section]));
      // By its rows: while somebody reads, an alert may be counted here and still stand where it was.
      byId(`section-${section}`).hidden = arrangement[section].length === 0 && section !== 'unacknowledged';
    }
    byId('none-unacknowledged').hidden = counts.unacknowledged + arrangement.unacknowledged.length > 0;
    document.title = counts.unacknowledged > 0 ? `(${counts.unacknowledged}) Tagwatch` : 'Tagwatch';
  }

  return {
    show(alerts, contextOf) {
      latest = { alerts, contextOf };
      draw(isReading());
    },
    tick(nowMs) {
      for (const row of rows.values()) row.tick(nowMs);
      if (!isReading()) draw(false);
    },
    row: (alertId) => rows.get(alertId),
  };
}
