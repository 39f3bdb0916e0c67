/** Single keys of the control room. They act only where nobody types, and can be switched off. */
import type { Verb } from './api.js';
import { begin, doing } from './components/actions.js';
import { isDialogOpen } from './components/dialog.js';
import { isHelpOpen } from './components/keys-help.js';
import { packDraft } from './components/pack-draft.js';
import {
  alertsInHand,
  groupMembers,
  marked,
  membersOf,
  moveSelection,
  selected,
  toggleGroup,
  toggleMarks,
} from './components/selection.js';
import { type PageKey, VERB_KEYS } from './components/verb-keys.js';
import { alertInSight, may } from './live/live.js';
import { sessionMap } from './map/session-map.js';
import { showWaiting } from './pages/board.js';
import { singleKeys } from './preferences.js';
import { alertAddress, go, lastBoard, page } from './route.js';

/** The alert that is meant: that of the page, or the selected one of the board. */
function alertInHand(): string | null {
  const now = page.value;
  // What is past cannot be acted on.
  if (now.name === 'alert') return now.asAt === null ? now.alertId : null;
  return now.name === 'board' ? selected.value : null;
}

/** Those that are marked, those of the selected row, or the one of the page. */
function allInHand(): readonly string[] {
  const alertId = alertInHand();
  return page.value.name === 'board' ? alertsInHand() : alertId === null ? [] : [alertId];
}

const withAlert = (run: (alertId: string) => void) => (): void => {
  const alertId = alertInHand();
  if (alertId !== null) run(alertId);
};

function goToOnMap(alertId: string): void {
  const item = alertInSight(alertId);
  if (item !== undefined) sessionMap.value?.goTo(item);
}

function openPack(alertIds: readonly string[]): void {
  const alerts = alertIds.flatMap((alertId) => alertInSight(alertId) ?? []);
  if (alerts.length > 0 && may('exports.make')) packDraft.value = { alerts };
}

const ON_PAGES: Readonly<Record<PageKey, () => void>> = {
  j: () => moveSelection(1),
  ArrowDown: () => moveSelection(1),
  k: () => moveSelection(-1),
  ArrowUp: () => moveSelection(-1),
  m: withAlert(goToOnMap),
  o: withAlert((rowId) => {
    if (groupMembers.value.has(rowId)) toggleGroup(rowId);
    else go(alertAddress(rowId));
  }),
  x: withAlert((rowId) => {
    if (page.value.name === 'board') toggleMarks(membersOf(rowId));
  }),
  Escape: () => {
    marked.value = new Set();
  },
  p: () => openPack(allInHand()),
  n: showWaiting,
  b: () => go(lastBoard()),
  '?': () => {
    isHelpOpen.value = true;
  },
};
const KEYS: Readonly<Record<string, () => void>> = {
  ...Object.fromEntries(
    Object.entries(VERB_KEYS).map(([verb, key]) => [key, () => void begin(verb as Verb, allInHand())]),
  ),
  ...ON_PAGES,
};
/** They do in a browser what they always do, unless the list is where one is. */
const ARROWS = new Set(['ArrowDown', 'ArrowUp']);

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, dialog, .maplibregl-map') !== null;

export function listenForKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (!singleKeys.value || event.ctrlKey || event.metaKey || event.altKey) return;
    if (
      isTyping(event.target) ||
      isDialogOpen() ||
      doing.value !== null ||
      packDraft.value !== null ||
      isHelpOpen.value
    )
      return;
    if (ARROWS.has(event.key) && page.value.name !== 'board') return;
    const run = KEYS[event.key];
    if (run === undefined) return;
    event.preventDefault();
    run();
  });
}
