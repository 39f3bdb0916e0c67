/** The trail of a day over time: a slider, play, and where somebody stayed; the map beside it shows the instant. */
import { useEffect, useMemo, useState } from 'preact/hooks';
import { sessionMap } from '../map/session-map.js';
import { readTrail, trailFeatures } from '../model/trail-line.js';
import { findStops, listPlaced, type Moment, momentAt, playFeatures, type Stop } from '../model/trail-play.js';
import { askTrailBetween } from '../wearer-api.js';
import { dayOnly, duration, hourAndMinute, timeOfDay } from '../words/times.js';
import { useAnswer, whyMissing } from './use-answer.js';

const SPEEDS = [60, 300, 900, 3_600] as const;
const SPEED_WORDS: Readonly<Record<(typeof SPEEDS)[number], string>> = {
  60: '1 min a second',
  300: '5 min a second',
  900: '15 min a second',
  3600: '1 h a second',
};
/** How often the player moves on, ms. */
const FRAME_MS = 100;
const STEP_MS = 60_000;

interface Props {
  readonly wearerId: string;
  /** Of the day, and until now at most. */
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Of one wearer and one day: another one is another player, by its `key`. */
export function TrailPlayer({ wearerId, fromMs, untilMs }: Props) {
  const minuteMs = Math.floor(untilMs / STEP_MS) * STEP_MS;
  const answer = useAnswer(`${wearerId} ${fromMs} ${minuteMs}`, () =>
    askTrailBetween(wearerId, new Date(fromMs).toISOString(), new Date(Math.max(untilMs, fromMs + 1)).toISOString()),
  );
  const points = useMemo(() => (answer?.ok === true ? readTrail(answer.body) : []), [answer]);
  const placed = useMemo(() => listPlaced(points), [points]);
  const stops = useMemo(() => findStops(placed), [placed]);
  /** Null: at the end, wherever that is by now. */
  const [chosenMs, choose] = useState<number | null>(null);
  const [speed, setSpeed] = useState<(typeof SPEEDS)[number]>(300);
  const [isPlaying, setPlaying] = useState(false);
  const atMs = Math.min(untilMs, Math.max(fromMs, chosenMs ?? placed.at(-1)?.atMs ?? untilMs));
  const moment = momentAt(placed, atMs);
  const map = sessionMap.value;
  const drawn = `${points.length} ${points.at(-1)?.atMs ?? ''}`;
  useEffect(() => {
    map?.showTrail(trailFeatures(points), `${wearerId} ${fromMs}`);
  }, [map, drawn, fromMs]);
  useEffect(() => {
    map?.showPlay(playFeatures(moment, stops));
  }, [map, moment.last?.atMs, moment.isUnknown, stops]);
  useEffect(
    () => () => {
      map?.showTrail(null, '');
      map?.showPlay(null);
    },
    [map],
  );
  useEffect(() => {
    if (!isPlaying) return;
    const timer = setInterval(() => {
      choose((before) => {
        const nextMs = (before ?? fromMs) + speed * FRAME_MS;
        if (nextMs < untilMs) return nextMs;
        setPlaying(false);
        return untilMs;
      });
    }, FRAME_MS);
    return () => clearInterval(timer);
  }, [isPlaying, speed, fromMs, untilMs]);
  if (answer === null) return <p>{`The trail of ${dayOnly(fromMs)} is being looked up …`}</p>;
  if (!answer.ok) return <p>The trail is not shown: {whyMissing(answer.status)}.</p>;
  if (placed.length === 0)
    return <p>{`No position was heard on ${dayOnly(fromMs)} that says where the wearer was.`}</p>;
  const play = () => {
    if (!isPlaying && (atMs >= untilMs - STEP_MS || chosenMs === null)) choose(placed[0]?.atMs ?? fromMs);
    setPlaying(!isPlaying);
  };
  const words = momentWords(moment, atMs);
  return (
    <div class="tw-player">
      <div class="tw-player__bar">
        <button type="button" class="tw-button" onClick={play}>
          {isPlaying ? 'Pause' : 'Play'}
        </button>
        <input
          type="range"
          class="tw-player__slider"
          aria-label={`Time on ${dayOnly(fromMs)}`}
          aria-valuetext={`${timeOfDay(atMs, atMs)}: ${words}`}
          min={fromMs}
          max={untilMs}
          step={STEP_MS}
          value={atMs}
          onInput={({ currentTarget }) => {
            setPlaying(false);
            choose(Number(currentTarget.value));
          }}
        />
        <label class="tw-player__speed">
          <span class="govuk-visually-hidden">Speed</span>
          <select
            value={String(speed)}
            onChange={({ currentTarget }) => setSpeed(SPEEDS.find((one) => String(one) === currentTarget.value) ?? 300)}
          >
            {SPEEDS.map((one) => (
              <option key={one} value={String(one)}>
                {SPEED_WORDS[one]}
              </option>
            ))}
          </select>
        </label>
      </div>
      <p class={`tw-player__moment${moment.isUnknown ? ' tw-player__moment--unknown' : ''}`}>
        <strong>{timeOfDay(atMs, atMs)}</strong> {words}
      </p>
      <Stops stops={stops} onGo={choose} />
    </div>
  );
}

function momentWords({ last, isUnknown, nextMs }: Moment, atMs: number): string {
  const next = nextMs === null ? 'nothing was heard after it' : `heard again at ${timeOfDay(nextMs, atMs)}`;
  if (last === null) return `UNKNOWN: not heard yet on this day${nextMs === null ? '' : `; ${next}`}`;
  const age = atMs - last.atMs;
  if (isUnknown) return `UNKNOWN for ${duration(age)}: last heard at ${timeOfDay(last.atMs, atMs)}; ${next}`;
  const [longitude, latitude] = last.at;
  const accuracy =
    last.accuracyMetres === null ? 'accuracy not told' : `accurate to ${Math.round(last.accuracyMetres)} m`;
  return `${latitude.toFixed(5)}, ${longitude.toFixed(5)}, ${accuracy}, ${duration(age)} before`;
}

/** More than one reads. */
const STOPS_LIMIT = 20;

function Stops({ stops, onGo }: { readonly stops: readonly Stop[]; readonly onGo: (atMs: number) => void }) {
  if (stops.length === 0) return <p class="tw-sub">No stop of ten minutes or more.</p>;
  return (
    <details class="tw-player__stops">
      <summary>{`${stops.length} ${stops.length === 1 ? 'stop' : 'stops'} of ten minutes or more, numbered on the map`}</summary>
      {stops.length > STOPS_LIMIT ? <p>{`The first ${STOPS_LIMIT} of ${stops.length}.`}</p> : null}
      <ol>
        {stops.slice(0, STOPS_LIMIT).map(({ fromMs, untilMs, at: [longitude, latitude] }) => (
          <li key={fromMs}>
            <button type="button" class="tw-link-button" onClick={() => onGo(fromMs)}>
              {`${hourAndMinute(fromMs, fromMs)} to ${hourAndMinute(untilMs, fromMs)}`}
            </button>
            {`: ${duration(untilMs - fromMs)}, at ${latitude.toFixed(5)}, ${longitude.toFixed(5)}`}
          </li>
        ))}
      </ol>
    </details>
  );
}
