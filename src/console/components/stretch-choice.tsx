/** Which days are shown: how many, and until which. */
import { addDays, STRETCHES, type Stretch } from '../model/timeline-stretch.js';

interface Props {
  readonly stretch: Stretch;
  /** The last day that is shown, `YYYY-MM-DD`. */
  readonly lastDay: string;
  readonly onStretch: (stretch: Stretch) => void;
}

export function StretchChoice({ stretch, lastDay, onStretch }: Props) {
  const { days } = stretch;
  const move = (count: number) => onStretch({ days, lastDay: addDays(lastDay, count), day: null });
  return (
    <div class="tw-stretch">
      <label>
        Show{' '}
        <select
          value={String(days)}
          onChange={({ currentTarget }) => onStretch({ ...stretch, days: Number(currentTarget.value), day: null })}
        >
          {STRETCHES.map((count) => (
            <option key={count} value={String(count)}>
              {count === 1 ? '1 day' : `${count} days`}
            </option>
          ))}
        </select>
      </label>
      <label>
        until{' '}
        <input
          type="date"
          value={lastDay}
          onChange={({ currentTarget }) =>
            currentTarget.value === '' ? undefined : onStretch({ days, lastDay: currentTarget.value, day: null })
          }
        />
      </label>
      <button type="button" class="tw-link-button" onClick={() => move(-days)}>
        Earlier
      </button>
      <button type="button" class="tw-link-button" onClick={() => move(days)} disabled={stretch.lastDay === null}>
        Later
      </button>
      <button
        type="button"
        class="tw-link-button"
        onClick={() => onStretch({ days, lastDay: null, day: null })}
        disabled={stretch.lastDay === null}
      >
        Until today
      </button>
    </div>
  );
}
