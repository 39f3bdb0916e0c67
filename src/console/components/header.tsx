/** What is always in sight: whether this is live, how much is unresolved, the time, who is signed in. */
import { useComputed } from '@preact/signals';
import { signOut } from '../api.js';
import {
  connection,
  feedStatus,
  may,
  me,
  meanwhile,
  miscount,
  newestMs,
  nowMs,
  seesAlerts,
  unresolved,
} from '../live/live.js';
import { sound, startShift } from '../live/sounds.js';
import { isDark, theme } from '../preferences.js';
import { go, lastBoard, page } from '../route.js';
import { describeConnection, describeTroubles } from '../words/connection-words.js';
import { dayAndTime } from '../words/times.js';
import { isHelpOpen } from './keys-help.js';

function ConnectionMark() {
  const said = useComputed(() => {
    // The socket is timed by our clock, and the page shows the server's.
    const aheadMs = nowMs.value - Date.now();
    const now = connection.value;
    const shifted = now.state === 'reconnecting' ? { ...now, sinceMs: now.sinceMs + aheadMs } : now;
    return describeConnection(shifted, newestMs.value, nowMs.value);
  });
  const state = useComputed(() => said.value.state);
  const words = useComputed(() => said.value.words);
  const age = useComputed(() => said.value.age);
  return (
    <div id="connection" class="tw-connection" data-state={state}>
      <span class="tw-connection__sign" aria-hidden="true" />
      <strong role="status">{words}</strong>
      <span class="tw-connection__age">{age}</span>
    </div>
  );
}

const SOUND_WORDS = { off: 'Start shift', on: 'Sound on', blocked: 'No sound' } as const;

function SoundButton() {
  const words = SOUND_WORDS[sound.value];
  const label = sound.value === 'on' ? 'Sound is on. Play the test tone' : `${words}: plays a test tone`;
  return (
    <button
      type="button"
      class="tw-head-button"
      data-sound={sound.value}
      aria-label={label}
      onClick={() => void startShift()}
    >
      {sound.value === 'on' ? null : <span class="tw-dot" aria-hidden="true" />}
      {words}
    </button>
  );
}

async function leave(): Promise<void> {
  const elsewhere = await signOut();
  location.assign(elsewhere ?? '/');
}

function Who() {
  const who = me.value;
  if (who === null) return null;
  const roles = who.kind === 'local' ? 'no sign-in' : who.roles.join(', ');
  return (
    <span class="tw-who">
      <span class="tw-who__name">
        {who.name} <span class="tw-who__roles">({roles})</span>
      </span>
      {who.kind === 'person' ? (
        <button type="button" class="tw-head-button" onClick={() => void leave()}>
          Sign out
        </button>
      ) : null}
    </span>
  );
}

const ALERT_PAGES = [
  ['off-now', 'Off now'],
  ['alarm-health', 'Alarms'],
  ['handover', 'Handover'],
] as const;

/** The count of everything unresolved is in sight on every page; where the server's is another, both are. */
function AlertPages() {
  const now = page.value.name;
  return (
    <>
      <a href="/register" aria-current={now === 'register' ? 'page' : undefined}>
        Register <span class="tw-count">{unresolved}</span>
        <span class="govuk-visually-hidden"> unresolved</span>
        {miscount.value === null ? null : ` (the server counts ${miscount.value.server})`}
      </a>
      {ALERT_PAGES.map(([name, words]) => (
        <a key={name} href={`/${name}`} aria-current={now === name ? 'page' : undefined}>
          {words}
        </a>
      ))}
    </>
  );
}

export function Header() {
  const clock = useComputed(() => dayAndTime(nowMs.value));
  const isBoard = page.value.name === 'board';
  return (
    <header class="tw-header">
      <a class="tw-header__name" href="/" onClick={backToBoard}>
        Tagwatch
      </a>
      {seesAlerts.value ? <ConnectionMark /> : null}
      <span class="tw-clock">{clock}</span>
      {seesAlerts.value ? <SoundButton /> : null}
      <button
        type="button"
        class="tw-head-button"
        onClick={() => {
          theme.value = isDark.value ? 'light' : 'dark';
        }}
      >
        {isDark.value ? 'Light' : 'Dark'}
        <span class="govuk-visually-hidden"> theme</span>
      </button>
      <button
        type="button"
        class="tw-head-button"
        aria-label="Keys"
        onClick={() => {
          isHelpOpen.value = true;
        }}
      >
        <span aria-hidden="true">?</span>
      </button>
      <Who />
      <nav aria-label="Pages" class="tw-nav">
        <a href="/" aria-current={isBoard ? 'page' : undefined} onClick={backToBoard}>
          {seesAlerts.value ? 'Board' : 'Start'}
        </a>
        {seesAlerts.value ? <AlertPages /> : null}
        {seesAlerts.value && may('schemes.read') ? (
          <>
            <a href="/cohort" aria-current={page.value.name === 'cohort' ? 'page' : undefined}>
              Cohort
            </a>
            <a href="/desk" aria-current={page.value.name === 'desk' ? 'page' : undefined}>
              Desk
            </a>
            <a href="/briefings" aria-current={page.value.name === 'briefings' ? 'page' : undefined}>
              Briefings
            </a>
            <a href="/statistics" aria-current={page.value.name === 'statistics' ? 'page' : undefined}>
              Statistics
            </a>
          </>
        ) : null}
        {seesAlerts.value && may('exports.make') ? (
          <a href="/packs" aria-current={page.value.name === 'packs' ? 'page' : undefined}>
            Packs
          </a>
        ) : null}
        {!seesAlerts.value && may('holds.read') ? (
          <a href="/packs" aria-current={page.value.name === 'packs' ? 'page' : undefined}>
            Holds
          </a>
        ) : null}
        {seesAlerts.value && may('recalls.read') ? (
          <a href="/recalls" aria-current={page.value.name === 'recalls' ? 'page' : undefined}>
            Recalls
          </a>
        ) : null}
        {seesAlerts.value && may('intelligence.read') ? (
          <a href="/intelligence" aria-current={page.value.name === 'intelligence' ? 'page' : undefined}>
            Intelligence
          </a>
        ) : null}
        {seesAlerts.value && may('records.write') ? (
          <a href="/zones" aria-current={page.value.name === 'zones' ? 'page' : undefined}>
            Zones
          </a>
        ) : null}
        {seesAlerts.value && may('records.write') ? (
          <a href="/imports" aria-current={page.value.name === 'imports' ? 'page' : undefined}>
            Imports
          </a>
        ) : null}
        {seesAlerts.value && may('crimes.match') ? (
          <a href="/crimes" aria-current={['crimes', 'match'].includes(page.value.name) ? 'page' : undefined}>
            Crimes
          </a>
        ) : null}
        {may('proposals.read') ? (
          <a href="/proposals" aria-current={page.value.name === 'proposals' ? 'page' : undefined}>
            To agree
          </a>
        ) : null}
        {may('rejected.read') ? (
          <a href="/rejected" aria-current={page.value.name === 'rejected' ? 'page' : undefined}>
            Rejected
          </a>
        ) : null}
      </nav>
    </header>
  );
}

function backToBoard(event: MouseEvent): void {
  if (event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(lastBoard());
}

/** What is wrong on the other side, and what came while the connection was lost: below the header, until it is over or read. */
export function Banners() {
  const status = feedStatus.value;
  const troubles = status === null ? [] : describeTroubles(status, miscount.value);
  return (
    <>
      <div id="trouble" class="tw-trouble" role="alert" hidden={troubles.length === 0}>
        {troubles.join(' ')}
      </div>
      <div class="tw-meanwhile" role="status" hidden={meanwhile.value === null}>
        {meanwhile.value}
        {meanwhile.value === null ? null : (
          <button
            type="button"
            class="tw-button"
            onClick={() => {
              meanwhile.value = null;
            }}
          >
            Read
          </button>
        )}
      </div>
    </>
  );
}
