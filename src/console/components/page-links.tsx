/** Links to the pages: those of the control room are in sight, those of the office lie in menus, as far as who looks may read them. */
import { useSignalEffect } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Operation } from '../../access/operations.js';
import type { PlainPage } from '../../wire/console-pages.js';
import { isKnown, may, miscount, seesAlerts, unresolved } from '../live/live.js';
import { go, lastBoard, type Page, page } from '../route.js';

/** The address is the first name; pages of the others are below it. */
interface PageLink {
  readonly names: readonly [PlainPage | 'packs' | 'crimes', ...Page['name'][]];
  readonly words: string;
  readonly needs: Operation;
  /** Also for who has no alerts. */
  readonly isForAll?: true;
}

const CONTROL_ROOM: readonly PageLink[] = [
  { names: ['off-now'], words: 'Off now', needs: 'alerts.read' },
  { names: ['alarm-health'], words: 'Alarms', needs: 'alerts.read' },
  { names: ['handover'], words: 'Handover', needs: 'alerts.read' },
];

const MENUS: readonly (readonly [words: string, links: readonly PageLink[]])[] = [
  [
    'Schemes',
    [
      { names: ['cohort'], words: 'Cohort', needs: 'schemes.read' },
      { names: ['desk'], words: 'Desk', needs: 'schemes.read' },
      { names: ['briefings'], words: 'Briefings', needs: 'schemes.read' },
      { names: ['statistics'], words: 'Statistics', needs: 'schemes.read' },
      { names: ['intelligence'], words: 'Intelligence', needs: 'intelligence.read' },
    ],
  ],
  [
    'Evidence',
    [
      { names: ['packs'], words: 'Packs', needs: 'exports.make' },
      { names: ['recalls', 'recall', 'new-recall'], words: 'Recalls', needs: 'recalls.read' },
      { names: ['crimes', 'match'], words: 'Crimes', needs: 'crimes.match' },
    ],
  ],
  [
    'Records',
    [
      { names: ['zones'], words: 'Zones', needs: 'records.write' },
      { names: ['imports', 'custody-list'], words: 'Imports', needs: 'records.write' },
      { names: ['proposals'], words: 'To agree', needs: 'proposals.read', isForAll: true },
      { names: ['rejected'], words: 'Rejected', needs: 'rejected.read', isForAll: true },
    ],
  ],
];
/** Of the office those without alerts read holds alone. */
const HOLDS: PageLink = { names: ['packs'], words: 'Holds', needs: 'holds.read' };

const isHere = ({ names }: PageLink): boolean => (names as readonly string[]).includes(page.value.name);
const isOffered = ({ needs, isForAll }: PageLink): boolean => (seesAlerts.value || isForAll === true) && may(needs);

function LinkTo({ link }: { readonly link: PageLink }) {
  return (
    <a href={`/${link.names[0]}`} aria-current={isHere(link) ? 'page' : undefined}>
      {link.words}
    </a>
  );
}

/** Says which of its pages one is on. Closed by Escape, by going elsewhere, and by a page that was chosen. */
function Menu({ words, links }: { readonly words: string; readonly links: readonly PageLink[] }) {
  const ref = useRef<HTMLDetailsElement>(null);
  const close = () => {
    if (ref.current !== null) ref.current.open = false;
  };
  useSignalEffect(() => {
    if (page.value !== null) close();
  });
  const here = links.find(isHere);
  return (
    <details
      ref={ref}
      class="tw-menu"
      name="pages"
      onFocusOut={({ relatedTarget }) => {
        if (!(relatedTarget instanceof Node && ref.current?.contains(relatedTarget))) close();
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || ref.current?.open !== true) return;
        event.stopPropagation();
        close();
        ref.current.querySelector('summary')?.focus();
      }}
    >
      <summary class={here === undefined ? '' : 'tw-menu__here'}>
        {here === undefined ? words : `${words}: ${here.words}`}
      </summary>
      <div class="tw-menu__links">
        {links.map((link) => (
          <LinkTo key={link.words} link={link} />
        ))}
      </div>
    </details>
  );
}

/** The count of everything unresolved is in sight on every page, none before something has come; where the server's is another, both are. */
function RegisterLink() {
  return (
    <a href="/register" aria-current={page.value.name === 'register' ? 'page' : undefined}>
      Register <span class="tw-count">{isKnown.value ? unresolved : '…'}</span>
      <span class="govuk-visually-hidden"> unresolved</span>
      {miscount.value === null ? null : ` (the server counts ${miscount.value.server})`}
    </a>
  );
}

export function PageLinks() {
  return (
    <nav aria-label="Pages" class="tw-nav">
      <a href="/" aria-current={page.value.name === 'board' ? 'page' : undefined} onClick={backToBoard}>
        {seesAlerts.value ? 'Board' : 'Start'}
      </a>
      {seesAlerts.value ? (
        <>
          <RegisterLink />
          {CONTROL_ROOM.map((link) => (
            <LinkTo key={link.words} link={link} />
          ))}
        </>
      ) : may(HOLDS.needs) ? (
        <LinkTo link={HOLDS} />
      ) : null}
      {MENUS.map(([words, all]) => {
        const links = all.filter(isOffered);
        // A menu of one or two would only hide them.
        if (links.length > 2) return <Menu key={words} words={words} links={links} />;
        return links.map((link) => <LinkTo key={link.words} link={link} />);
      })}
    </nav>
  );
}

export function backToBoard(event: MouseEvent): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(lastBoard());
}
