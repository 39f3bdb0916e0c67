/**
 * Sounds and notices of the desktop. A browser plays nothing before somebody has touched the page: `startShift` is that touch, plays
 * a test tone, and what cannot be heard is shown.
 */
import { signal } from '@preact/signals';
import type { AlertItem } from '../../alerts/alert.js';
import { isUnacknowledged } from '../model/alert-book.js';
import { isHeardBy, type Sounded } from '../model/sounded.js';
import { SEVERITY_WORDS, title } from '../words/words.js';
import { book, nameOf, onNewAlert, sound, zoneNameOf } from './live.js';

/** Whether the desktop is told of what comes while this page is not looked at. */
export const tellsDesktop = signal(true);

interface Tone {
  readonly hertz: number;
  readonly beeps: number;
}
/** Higher and more often, the worse: told apart without looking, and each by its rhythm alone. */
const TONES: Readonly<Record<AlertItem['severity'], Tone>> = {
  critical: { hertz: 988, beeps: 4 },
  high: { hertz: 784, beeps: 2 },
  medium: { hertz: 587, beeps: 1 },
  low: { hertz: 440, beeps: 1 },
};
const BEEP_SECONDS = 0.13;
const PAUSE_SECONDS = 0.09;
const VOLUME = 0.25;
/** A browser that does not let us never answers. */
const RESUME_LIMIT_MS = 1_000;
/** A critical alert that nobody has acknowledged sounds again. */
const REMIND_MS = 20_000;

let audio: AudioContext | null = null;
let lastPlayed: Sounded | null = null;
/** Until when it is played that was asked for: some browsers take longer than the limit to let us. Later it would be taken for an alert. */
let testToneDueUntilMs = 0;
const TEST_TONE_LIMIT_MS = 30_000;

function play({ hertz, beeps }: Tone): void {
  if (audio === null || audio.state !== 'running') return;
  for (let beep = 0; beep < beeps; beep++) {
    const at = audio.currentTime + beep * (BEEP_SECONDS + PAUSE_SECONDS);
    const gain = audio.createGain();
    const tone = audio.createOscillator();
    tone.frequency.value = hertz;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(VOLUME, at + 0.01);
    gain.gain.linearRampToValueAtTime(0, at + BEEP_SECONDS);
    tone.connect(gain).connect(audio.destination);
    tone.start(at);
    tone.stop(at + BEEP_SECONDS);
  }
}

/** Plays the test tone and asks for notices of the desktop. To be called by a click or a key. */
export async function startShift(): Promise<void> {
  testToneDueUntilMs = performance.now() + TEST_TONE_LIMIT_MS;
  try {
    audio ??= new AudioContext();
    audio.addEventListener('statechange', showState);
    await Promise.race([audio.resume(), new Promise((done) => setTimeout(done, RESUME_LIMIT_MS))]);
  } catch {
    // No sound at all here: shown as blocked.
  }
  showState();
  if (!('Notification' in window)) tellsDesktop.value = false;
  else if (Notification.permission === 'default')
    tellsDesktop.value = (await Notification.requestPermission()) === 'granted';
  else tellsDesktop.value = Notification.permission === 'granted';
}

function showState(): void {
  sound.value = audio?.state === 'running' ? 'on' : 'blocked';
  if (sound.peek() !== 'on' || performance.now() > testToneDueUntilMs) return;
  testToneDueUntilMs = 0;
  play(TONES.high);
}

function notify(item: AlertItem): void {
  if (!document.hidden || !('Notification' in window)) return;
  if (item.severity !== 'critical' && item.severity !== 'high') return;
  // Last: the browser asks another process each time, a third of a millisecond in a flood.
  if (Notification.permission !== 'granted') return;
  // No name and no place: a notice stands on a screen that others may see.
  new Notification(`${SEVERITY_WORDS[item.severity]} alert`, {
    body: title(item, null),
    tag: item.alertId,
  });
}

export const describeForEar = (item: AlertItem): string =>
  `${SEVERITY_WORDS[item.severity]}: ${title(item, zoneNameOf(item.zoneId))}, ${nameOf(item.wearerId)}`;

/** Begins to listen for what is new. */
export function soundAlerts(): void {
  onNewAlert((item) => {
    notify(item);
    const { severity } = item;
    const atMs = performance.now();
    // What nobody could hear hides nothing that comes after it.
    if (sound.peek() !== 'on' || isHeardBy(severity, atMs, lastPlayed)) return;
    lastPlayed = { severity, atMs };
    play(TONES[severity]);
  });
  setInterval(() => {
    const isWaiting = (item: AlertItem) => item.severity === 'critical' && isUnacknowledged(item);
    if ([...book.peek().alerts.values()].some(isWaiting)) play(TONES.critical);
  }, REMIND_MS);
}
