/** What is always in sight: whether this is live, how much is unresolved, the time, who is signed in. */
import { useComputed } from '@preact/signals';
import { signOut } from '../api.js';
import { connection, feedStatus, me, meanwhile, miscount, newestMs, nowMs, seesAlerts, sound } from '../live/live.js';
import { startShift, tellsDesktop } from '../live/sounds.js';
import { isDark, isWall, theme } from '../preferences.js';
import { go, lastBoard } from '../route.js';
import { describeConnection, describeTroubles } from '../words/connection-words.js';
import { dayAndTime } from '../words/times.js';
import { isHelpOpen } from './keys-help.js';
import { backToBoard, PageLinks } from './page-links.js';

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
  // Said where it is missing alone: that nothing comes to the desktop is known before something should have come.
  const isUntold = sound.value !== 'off' && !tellsDesktop.value;
  const words = `${SOUND_WORDS[sound.value]}${isUntold ? ', no notices' : ''}`;
  const label = `${words}: plays a test tone`;
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

/** On the wall nothing but the board, large. */
function WallButton() {
  return (
    <button
      type="button"
      class="tw-head-button"
      aria-label={isWall.value ? 'Leave the wall screen' : 'Wall screen: the board in large letters'}
      onClick={() => {
        isWall.value = !isWall.value;
        if (isWall.value) go(lastBoard());
      }}
    >
      {isWall.value ? 'Desk' : 'Wall'}
    </button>
  );
}

export function Header() {
  const clock = useComputed(() => dayAndTime(nowMs.value));
  return (
    <header class="tw-header">
      <div class="tw-header__now">
        <a class="tw-header__name" href="/" onClick={backToBoard}>
          Tagwatch
        </a>
        {seesAlerts.value ? <ConnectionMark /> : null}
        <span class="tw-clock">{clock}</span>
        {seesAlerts.value ? <SoundButton /> : null}
        <button
          type="button"
          class="tw-head-button tw-head-button--desk"
          onClick={() => {
            theme.value = isDark.value ? 'light' : 'dark';
          }}
        >
          {isDark.value ? 'Light' : 'Dark'}
          <span class="govuk-visually-hidden"> theme</span>
        </button>
        {seesAlerts.value ? <WallButton /> : null}
        <button
          type="button"
          class="tw-head-button tw-head-button--desk"
          aria-label="Keys"
          onClick={() => {
            isHelpOpen.value = true;
          }}
        >
          <span aria-hidden="true">?</span>
        </button>
        <Who />
      </div>
      <PageLinks />
    </header>
  );
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
