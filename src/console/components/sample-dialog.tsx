/** Draws a dip sample of resolved alerts: the seed is told, so that anybody can draw the same one. */
import { drawDipSample } from '../desk-api.js';
import { serverNowMs } from '../live/live.js';
import { dayAfter, dayOf, startOfDay } from '../model/local-instant.js';
import { FormDialog, type Written } from './form-dialog.js';

const DAY_MS = 86_400_000;

export function SampleDialog({ onClose }: { onClose(isDone: boolean): void }) {
  const atMs = serverNowMs();
  const draw = async (said: FormData, sendId: string): Promise<Written> => {
    const text = (name: string) => String(said.get(name) ?? '').trim();
    const answer = await drawDipSample({
      from: startOfDay(text('from')),
      until: startOfDay(dayAfter(text('until'))),
      size: Number(text('size')),
      dueAt: new Date(serverNowMs() + 7 * DAY_MS).toISOString(),
      // The same for another try: it draws the same ones again.
      seed: text('seed') === '' ? sendId : text('seed'),
    });
    if (!answer.ok) return answer;
    if (answer.body.items.length > 0) return { ok: true };
    return { ok: false, why: 'No alert within your scope was closed in this time.' };
  };
  return (
    <FormDialog
      label="Draw a dip sample"
      draftKey="dip sample"
      submitWords="Draw"
      onSubmit={draw}
      onClose={onClose}
      extra={<p>Closed alerts of this time, at random, graver ones more often.</p>}
    >
      <label class="tw-label" for="sample-size">
        How many
      </label>
      <input id="sample-size" name="size" class="tw-input" type="number" min={1} max={50} defaultValue="5" required />
      <label class="tw-label" for="sample-from">
        Closed from
      </label>
      <input
        id="sample-from"
        name="from"
        class="tw-input"
        type="date"
        defaultValue={dayOf(atMs - 7 * DAY_MS)}
        required
      />
      <label class="tw-label" for="sample-until">
        Until, that day too
      </label>
      <input id="sample-until" name="until" class="tw-input" type="date" defaultValue={dayOf(atMs)} required />
      <label class="tw-label" for="sample-seed">
        Seed (made up where there is none)
      </label>
      <input
        id="sample-seed"
        name="seed"
        class="tw-input"
        maxLength={64}
        pattern="[A-Za-z0-9._\-]+"
        autocomplete="off"
      />
    </FormDialog>
  );
}
