/** One alert on the page. Made once and then kept up to date in place, so that focus, selection and reading stay where they are. */
import type { AlertItem } from '../../alerts/alert.js';
import type { WearerInfo } from '../api.js';
import { duration, timeOfDay } from '../words/times.js';
import {
  certainty,
  DISPOSITION_WORDS,
  episodeWords,
  explain,
  explainFix,
  SEVERITY_WORDS,
  title,
} from '../words/words.js';
import { element, setText } from './dom.js';

export interface RowContext {
  readonly wearer: WearerInfo | null;
  readonly zoneName: string | null;
  /** By the server's clock. */
  readonly nowMs: number;
}

export interface AlertRow {
  readonly node: HTMLLIElement;
  /** Shows the alert as it stands. */
  update(item: AlertItem, context: RowContext): void;
  /** Only what changes with time alone. */
  tick(nowMs: number): void;
  /** A line under the row: what became of an action. Empty: none. */
  tell(text: string): void;
  setBusy(isBusy: boolean): void;
  isOpen(): boolean;
}

export interface RowActions {
  onOpen(alertId: string, isOpen: boolean): void;
  onAcknowledge(alertId: string): void;
}

const TAG_COLOURS = { Confirmed: 'red', Suspected: 'yellow', Withdrawn: 'grey' } as const;
/** Under this, the path from tag to page is as good as immediate and the delay is not worth a word. */
const WORTH_TELLING_MS = 2_000;

function field(term: string): { node: HTMLElement; value: HTMLElement } {
  const value = element('dd', 'tw-field__value');
  return { node: element('div', 'tw-field', [element('dt', 'tw-field__term', [term]), value]), value };
}

export function createRow(alertId: string, actions: RowActions): AlertRow {
  const heading = element('span', 'tw-alert__title');
  const who = element('p', 'tw-alert__who');
  const arrow = element('span', 'tw-alert__arrow', [], { 'aria-hidden': 'true' });
  const detailsId = `details-${alertId}`;
  const open = element('button', 'tw-alert__open', [arrow, heading], {
    type: 'button',
    'aria-expanded': 'false',
    'aria-controls': detailsId,
  });
  const sure = element('strong', 'govuk-tag');
  const severity = element('strong', 'govuk-tag govuk-tag--grey tw-severity');
  const going = element('span', 'tw-alert__going');
  const started = field('Started');
  const confirmed = field('Confirmed');
  const raised = field('Raised');
  const acknowledgeButton = element('button', 'govuk-button tw-alert__acknowledge', ['Acknowledge'], {
    type: 'button',
  });
  const state = element('p', 'tw-alert__state');
  const told = element('p', 'tw-alert__told', [], { role: 'status' });
  const details = element('div', 'tw-alert__details', [], { id: detailsId });
  details.hidden = true;
  const node = element('li', 'tw-alert', [
    element('div', 'tw-alert__top', [open, element('div', 'tw-alert__side', [acknowledgeButton, state])]),
    who,
    element('div', 'tw-alert__tags', [sure, severity, going]),
    element('dl', 'tw-alert__times', [started.node, raised.node, confirmed.node]),
    told,
    details,
  ]);
  node.dataset.alertId = alertId;

  let shown: AlertItem | null = null;
  let context: RowContext | null = null;

  function showDetails(): void {
    if (shown === null || context === null || details.hidden) return;
    const { nowMs } = context;
    const item = shown;
    details.replaceChildren(
      ...explain(item, nowMs).map((sentence) => element('p', 'govuk-body-s', [sentence])),
      ...(item.explanation.fixes.length === 0
        ? []
        : [
            element(
              'ul',
              'govuk-list govuk-list--bullet tw-alert__fixes',
              item.explanation.fixes.map((fix) => element('li', '', [explainFix(item.kind, fix, nowMs)])),
            ),
          ]),
      element('p', 'tw-alert__ids', [
        `Tag ${item.tagId} · condition ${item.conditionId ?? 'none'} version ${item.conditionVersion ?? '-'} · ` +
          `zone ${item.zoneId ?? 'none'} · alert ${item.alertId.slice(0, 12)} revision ${item.revision}`,
      ]),
    );
  }

  open.addEventListener('click', () => {
    details.hidden = !details.hidden;
    open.setAttribute('aria-expanded', String(!details.hidden));
    showDetails();
    actions.onOpen(alertId, !details.hidden);
  });
  acknowledgeButton.addEventListener('click', () => actions.onAcknowledge(alertId));

  function tick(nowMs: number): void {
    if (shown !== null) setText(going, episodeWords(shown, nowMs));
  }

  return {
    node,
    tick,
    update(item, given) {
      const changed = shown !== item;
      shown = item;
      context = given;
      const { wearer, nowMs } = given;
      setText(heading, title(item, given.zoneName));
      const rag = wearer?.rag === undefined ? null : `RAG ${wearer.rag}`;
      const parts = [wearer?.name ?? null, item.wearerId, wearer?.division ?? null, rag];
      setText(who, parts.filter((part) => part !== null).join(' · '));
      const howSure = certainty(item);
      setText(sure, howSure);
      sure.className = `govuk-tag govuk-tag--${TAG_COLOURS[howSure]}`;
      setText(severity, `${SEVERITY_WORDS[item.severity]} severity`);
      const at = (instant: string) => timeOfDay(Date.parse(instant), nowMs);
      const delayMs = Date.parse(item.raisedAt) - Date.parse(item.episode.startedAt);
      setText(started.value, at(item.episode.startedAt));
      const delay = delayMs > WORTH_TELLING_MS ? ` (${duration(delayMs)} later)` : '';
      setText(raised.value, `${at(item.raisedAt)}${delay}`);
      confirmed.node.hidden = item.confirmedAt === undefined;
      setText(confirmed.value, item.confirmedAt === undefined ? '' : at(item.confirmedAt));
      const isNew = item.status === 'open' && item.acknowledgedBy === undefined;
      node.classList.toggle('tw-alert--new', isNew);
      node.classList.toggle('tw-alert--sure', howSure === 'Confirmed');
      acknowledgeButton.hidden = !isNew;
      acknowledgeButton.setAttribute('aria-label', `Acknowledge: ${heading.textContent}, ${who.textContent}`);
      setText(state, stateWords(item, nowMs));
      if (changed) showDetails();
      tick(nowMs);
    },
    tell: (text) => setText(told, text),
    setBusy(isBusy) {
      acknowledgeButton.setAttribute('aria-disabled', String(isBusy));
      setText(acknowledgeButton, isBusy ? 'Sending …' : 'Acknowledge');
    },
    isOpen: () => !details.hidden,
  };
}

function stateWords(item: AlertItem, nowMs: number): string {
  const at = (instant: string | undefined) =>
    instant === undefined ? '' : ` at ${timeOfDay(Date.parse(instant), nowMs)}`;
  if (item.status === 'closed') {
    if (item.disposition === undefined) return `Closed${at(item.closedAt)}: withdrawn before anybody acted on it`;
    return `Closed${at(item.disposedAt)} by ${item.disposedBy ?? 'somebody'}: ${DISPOSITION_WORDS[item.disposition]}`;
  }
  if (item.acknowledgedBy !== undefined) return `Acknowledged by ${item.acknowledgedBy}${at(item.acknowledgedAt)}`;
  return item.reopenedAt === undefined ? '' : `Open again${at(item.reopenedAt)}: there is news`;
}
