/** A wearer's own conditions as they stand, each with its versions; changed by who may: a new version, from when it is said. */
import { useState } from 'preact/hooks';
import { conditionWords, MAX_WORDING_LENGTH, wordingWords } from '../../wire/condition-words.js';
import { askList, type ConditionInfo } from '../api.js';
import { may, nowMs, zoneNameOf } from '../live/live.js';
import { toInstant, toLocalText } from '../model/local-instant.js';
import { proposeRecord } from '../proposals-api.js';
import { askStandingConditions } from '../risk-plan-api.js';
import { putRecord } from '../send.js';
import { personWords } from '../words/people-words.js';
import { dayAndTime } from '../words/times.js';
import { FormDialog, ReasonField, textOf, type Written } from './form-dialog.js';
import { useAnswer, whyMissing } from './use-answer.js';

const REFRESH_MS = 60_000;

/** A version, as it is answered. */
interface ConditionRecord extends ConditionInfo {
  readonly graceMinutes?: number;
  readonly effectiveAt: string | null;
  readonly recordedAt: string;
  readonly author: string;
  readonly changeReason?: string;
  readonly correlationId?: string;
}

const pathOf = (conditionId: string): string => `/conditions/${encodeURIComponent(conditionId)}`;

interface Props {
  readonly wearerId: string;
  /** Something was written. */
  onWritten(): void;
}

export function StandingConditions({ wearerId, onWritten }: Props) {
  const [turn, setTurn] = useState(0);
  const [open, setOpen] = useState<ConditionRecord | null>(null);
  const [said, setSaid] = useState('');
  const minute = Math.floor(nowMs.value / REFRESH_MS);
  const answer = useAnswer(may('records.write') ? `${wearerId} ${minute} ${turn}` : null, () =>
    askStandingConditions(wearerId, nowMs.peek()),
  );
  if (!may('records.write')) return null;
  const conditions = (answer?.ok === true ? answer.body : []) as readonly ConditionRecord[];
  return (
    <section aria-label="Conditions on record">
      <h2 class="tw-heading">Conditions on record</h2>
      <p role="status">{said}</p>
      {answer !== null && !answer.ok ? <p>They are not shown: {whyMissing(answer.status)}.</p> : null}
      {answer?.ok === true && conditions.length === 0 ? <p>No condition is on record that has not ended.</p> : null}
      <ul class="tw-sentences">
        {conditions.map((one) => (
          <li key={one.conditionId}>
            <strong>{nameWords(one)}</strong> <span class="tw-note">{wordingWords(one.wording)}</span>{' '}
            <button type="button" class="tw-button" onClick={() => setOpen(one)}>
              Change …<span class="govuk-visually-hidden">{` ${nameWords(one)}`}</span>
            </button>
            <History key={`${one.conditionId} ${one.version}`} conditionId={one.conditionId} count={one.version} />
          </li>
        ))}
      </ul>
      {open === null ? null : (
        <ChangeDialog
          stands={open}
          onSaid={setSaid}
          onClose={(isDone) => {
            setOpen(null);
            if (!isDone) return;
            setTurn(turn + 1);
            onWritten();
          }}
        />
      )}
    </section>
  );
}

const nameWords = (one: ConditionInfo): string => conditionWords(one, zoneNameOf(one.zoneId) ?? one.zoneId);

function History({ conditionId, count }: { readonly conditionId: string; readonly count: number }) {
  const [isOpen, setOpen] = useState(false);
  const answer = useAnswer(isOpen ? conditionId : null, () =>
    askList<ConditionRecord>(`${pathOf(conditionId)}/versions`),
  );
  if (count < 2) return null;
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{`Versions: ${count}`}</summary>
      <ul class="tw-sentences">
        {answer?.ok === true
          ? [...answer.body].reverse().map((one) => (
              <li key={one.version}>
                {`${one.version}, from ${dayAndTime(Date.parse(one.effectiveAt ?? one.recordedAt))}, by ${personWords(one.author)}${one.changeReason === undefined ? '' : `: ${one.changeReason}`}. ${nameWords(one)} `}
                <span class="tw-note">{wordingWords(one.wording)}</span>
              </li>
            ))
          : '…'}
      </ul>
    </details>
  );
}

interface ChangeProps {
  readonly stands: ConditionRecord;
  onSaid(words: string): void;
  onClose(isDone: boolean): void;
}

/** Where it takes a second person it is proposed: who may write it alone, the server knows. */
async function writeOrPropose(
  stands: ConditionRecord,
  body: object,
  reason: string,
  sendId: string,
  onSaid: ChangeProps['onSaid'],
): Promise<Written> {
  const { conditionId, version } = stands;
  const sent = await putRecord(pathOf(conditionId), { ...body, changeReason: reason }, version, false);
  if (sent.ok) onSaid('The condition is changed.');
  if (sent.ok || sent.status !== 403 || !may('proposals.write')) return sent;
  const proposed = await proposeRecord(sendId, 'condition', conditionId, body, reason);
  if (proposed.ok) onSaid('It waits for a second person, because the watch of a victim’s zone changes by it.');
  return proposed;
}

const endsText = ({ endsAt }: ChangeProps['stands']): string =>
  endsAt === undefined ? '' : toLocalText(Date.parse(endsAt));

function ChangeDialog({ stands, onSaid, onClose }: ChangeProps) {
  const windows = stands.schedule?.windows ?? [];
  const write = (said: FormData, sendId: string): Promise<Written> => {
    const {
      conditionId: _condition,
      version: _version,
      effectiveAt: _at,
      recordedAt: _recorded,
      author: _by,
      changeReason: _why,
      correlationId: _request,
      wording: _words,
      endsAt: _end,
      ...rest
    } = stands;
    const [ends, from, wording] = [textOf(said, 'endsAt'), textOf(said, 'effectiveAt'), textOf(said, 'wording')];
    const grace = textOf(said, 'graceMinutes');
    const body = {
      ...rest,
      ...(stands.schedule === undefined
        ? {}
        : {
            schedule: {
              ...stands.schedule,
              windows: windows.map((window, i) => ({
                ...window,
                from: textOf(said, `from-${i}`),
                to: textOf(said, `to-${i}`),
              })),
            },
          }),
      ...(grace === '' ? {} : { graceMinutes: Number(grace) }),
      ...(wording === '' ? {} : { wording }),
      // As it stands where nobody touched it: the field has no seconds, and another end would be another condition.
      ...(ends === '' ? {} : { endsAt: ends === endsText(stands) ? stands.endsAt : toInstant(ends, 'later') }),
      ...(from === '' ? {} : { effectiveAt: toInstant(from, 'later') }),
    };
    return writeOrPropose(stands, body, textOf(said, 'changeReason'), sendId, onSaid);
  };
  return (
    <FormDialog
      label="Change a condition"
      draftKey={`condition ${stands.conditionId} ${stands.version}`}
      submitWords="Write it"
      onSubmit={write}
      onClose={onClose}
      extra={
        <p>
          {`${nameWords(stands)} Where it applies is changed on the page of zones. Another version ends what goes on under this one, and what still holds is told anew; where the words of the order alone are other, it goes on.`}
        </p>
      }
    >
      {windows.map((window, i) => (
        <fieldset key={i} class="tw-choices">
          <legend>{`Hours on ${window.days.join(', ')}`}</legend>
          <TimeField id={`condition-from-${i}`} name={`from-${i}`} label="From" value={window.from} />
          <TimeField id={`condition-to-${i}`} name={`to-${i}`} label="To" value={window.to} />
        </fieldset>
      ))}
      <label class="tw-label" for="condition-grace">
        Grace, minutes
      </label>
      <input
        id="condition-grace"
        name="graceMinutes"
        class="tw-input"
        type="number"
        min={0}
        defaultValue={String(stands.graceMinutes ?? '')}
      />
      <label class="tw-label" for="condition-wording">
        In the words of the order
      </label>
      <textarea
        id="condition-wording"
        name="wording"
        class="tw-textarea"
        rows={3}
        maxLength={MAX_WORDING_LENGTH}
        defaultValue={stands.wording ?? ''}
      />
      <label class="tw-label" for="condition-ends">
        Ends, if it does (local time)
      </label>
      <input id="condition-ends" name="endsAt" class="tw-input" type="datetime-local" defaultValue={endsText(stands)} />
      <label class="tw-label" for="condition-effective">
        From when (local time; none: from now on)
      </label>
      <input id="condition-effective" name="effectiveAt" class="tw-input" type="datetime-local" />
      <ReasonField id="condition-reason" label="Why" />
    </FormDialog>
  );
}

interface TimeProps {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly value: string;
}

function TimeField({ id, name, label, value }: TimeProps) {
  return (
    <>
      <label class="tw-label" for={id}>
        {label}
      </label>
      <input id={id} name={name} class="tw-input" type="time" required defaultValue={value} />
    </>
  );
}
