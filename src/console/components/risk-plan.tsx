/** The risk management plan of a wearer: its six parts, what is done about every condition, its actions and every version before. */
import { Fragment } from 'preact';
import { useState } from 'preact/hooks';
import { conditionWords } from '../../wire/condition-words.js';
import { MAX_PLAN_PART_LENGTH, PLAN_PARTS, type PlannedCondition, type PlanPart } from '../../wire/risk-plan.js';
import type { ConditionInfo } from '../api.js';
import { may, nameOf, nowMs, zoneNameOf } from '../live/live.js';
import { toInstant, toLocalText } from '../model/local-instant.js';
import {
  askPlanActions,
  askRiskPlans,
  askStandingConditions,
  putRiskPlan,
  type RiskPlanRecord,
} from '../risk-plan-api.js';
import { dueWords } from '../words/cohort-words.js';
import { personWords } from '../words/people-words.js';
import { STATUS_WORDS } from '../words/task-words.js';
import { dayAndTime } from '../words/times.js';
import { FormDialog, ReasonField, textOf, type Written } from './form-dialog.js';
import { NewTaskDialog } from './task-dialog.js';
import { useAnswer, whyMissing } from './use-answer.js';

const REFRESH_MS = 60_000;
const PARTS = Object.keys(PLAN_PARTS) as readonly PlanPart[];

interface Props {
  readonly wearerId: string;
  /** Something was written. */
  onWritten(): void;
}

export function RiskPlan({ wearerId, onWritten }: Props) {
  const [turn, setTurn] = useState(0);
  const [open, setOpen] = useState<'plan' | 'action' | null>(null);
  const minute = Math.floor(nowMs.value / REFRESH_MS);
  const key = `${wearerId} ${minute} ${turn}`;
  const answer = useAnswer(may('plans.read') ? key : null, () => askRiskPlans(wearerId));
  const conditions = useAnswer(may('plans.read') && may('records.read') ? key : null, () =>
    askStandingConditions(wearerId, nowMs.peek()),
  );
  if (!may('plans.read')) return null;
  const close = (isDone: boolean) => {
    setOpen(null);
    if (!isDone) return;
    setTurn(turn + 1);
    onWritten();
  };
  const versions = answer?.ok === true ? answer.body : [];
  const isInForce = ({ effectiveAt, recordedAt }: RiskPlanRecord) =>
    Date.parse(effectiveAt ?? recordedAt) <= nowMs.value;
  const standing = conditions?.ok === true ? conditions.body : [];
  const now = versions.find(isInForce);
  const toCome = versions.filter((version) => !isInForce(version));
  const before = versions.filter((version) => isInForce(version) && version !== now);
  const missing = now === undefined ? [] : standing.filter(({ conditionId }) => !isNamed(now, conditionId));
  return (
    <section aria-label="Risk management plan">
      <h2 class="tw-heading">Risk management plan</h2>
      {answer !== null && !answer.ok ? <p>The plan is not shown: {whyMissing(answer.status)}.</p> : null}
      {answer?.ok === true && versions.length === 0 ? (
        <p class="tw-first">No risk management plan is recorded.</p>
      ) : null}
      {missing.length === 0 ? null : (
        <p class="tw-first" role="note">
          {`The plan does not say what is done about: ${missing.map((one) => one.conditionId).join(', ')}.`}
        </p>
      )}
      {toCome.map((version) => (
        <Version key={version.version} version={version} conditions={standing} lead="To come" />
      ))}
      {now === undefined ? null : <Parts version={now} conditions={standing} />}
      {before.length === 0 ? null : (
        <details class="tw-history">
          <summary>{`Plans before: ${before.length}`}</summary>
          {before.map((version) => (
            <Version key={version.version} version={version} conditions={standing} lead="Version" />
          ))}
        </details>
      )}
      {may('schemes.read') && answer?.ok === true ? <Actions wearerId={wearerId} turn={key} /> : null}
      <p class="tw-row-of-buttons">
        {may('plans.write') && answer?.ok === true && conditions?.ok === true ? (
          <button type="button" class="tw-button" onClick={() => setOpen('plan')}>
            {versions.length === 0 ? 'Write a plan …' : 'Change the plan …'}
          </button>
        ) : null}
        {may('tasks.write') ? (
          <button type="button" class="tw-button" onClick={() => setOpen('action')}>
            Add an action …
          </button>
        ) : null}
      </p>
      {open === 'plan' ? (
        <PlanDialog wearerId={wearerId} stands={versions[0] ?? null} conditions={standing} onClose={close} />
      ) : null}
      {open === 'action' ? (
        <NewTaskDialog wearers={[{ wearerId, name: nameOf(wearerId) }]} only="plan-action" onClose={close} />
      ) : null}
    </section>
  );
}

const isNamed = ({ conditions }: RiskPlanRecord, conditionId: string): boolean =>
  conditions.some((one) => one.conditionId === conditionId);

/** `Not to enter Town centre, at any time.`, or the words of one that no tag watches. */
function whichWords({ conditionId, wording }: PlannedCondition, conditions: readonly ConditionInfo[]): string {
  const known = conditions.find((one) => one.conditionId === conditionId);
  if (known === undefined) return wording ?? `Condition ${conditionId ?? ''}`;
  return conditionWords(known, zoneNameOf(known.zoneId) ?? known.zoneId);
}

const byWords = ({ author, effectiveAt, recordedAt, changeReason }: RiskPlanRecord): string =>
  `from ${dayAndTime(Date.parse(effectiveAt ?? recordedAt))}, by ${personWords(author)}${changeReason === undefined ? '' : `: ${changeReason}`}`;

interface VersionProps {
  readonly version: RiskPlanRecord;
  readonly conditions: readonly ConditionInfo[];
}

function Version({ version, conditions, lead }: VersionProps & { readonly lead: string }) {
  return (
    <details class="tw-history">
      <summary>{`${lead} ${version.version}, ${byWords(version)}`}</summary>
      <Parts version={version} conditions={conditions} />
    </details>
  );
}

function Parts({ version, conditions }: VersionProps) {
  return (
    <>
      <p class="tw-line">{`Version ${version.version} ${byWords(version)}.${version.reviewAt === undefined ? '' : ` Review ${dueWords(version.reviewAt, nowMs.value)}.`}`}</p>
      <dl class="tw-list tw-plan">
        {PARTS.map((part) => (
          <Fragment key={part}>
            <dt>{PLAN_PARTS[part]}</dt>
            <dd>{version[part] ?? 'Not for your role.'}</dd>
          </Fragment>
        ))}
        <dt>Conditions</dt>
        <dd>
          {version.conditions.length === 0 ? 'There were none.' : null}
          <ul class="tw-sentences">
            {version.conditions.map((one) => (
              <li key={one.conditionId ?? one.wording}>
                <strong>{whichWords(one, conditions)}</strong> {one.plan}
              </li>
            ))}
          </ul>
        </dd>
      </dl>
    </>
  );
}

/** Its actions are tasks: taken, closed and rejected on the desk. */
function Actions({ wearerId, turn }: { readonly wearerId: string; readonly turn: string }) {
  const answer = useAnswer(turn, () => askPlanActions(wearerId));
  if (answer === null) return null;
  if (!answer.ok) return <p>The actions are not shown: {whyMissing(answer.status)}.</p>;
  if (answer.body.length === 0) return <p>No action of the plan is recorded.</p>;
  const isOpen = (status: string) => status === 'open' || status === 'accepted';
  const actions = [...answer.body].sort(
    (a, b) => Number(isOpen(b.status)) - Number(isOpen(a.status)) || (a.dueAt ?? '~').localeCompare(b.dueAt ?? '~'),
  );
  return (
    <table class="tw-table">
      <caption>Actions of the plan, as they stand on the desk</caption>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">Owner</th>
          <th scope="col">Due</th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {actions.map(({ taskId, subject, owner, dueAt, status, outcome }) => (
          <tr key={taskId}>
            <td>{subject}</td>
            <td>{owner === undefined ? 'nobody' : personWords(owner)}</td>
            <td>
              {dueAt === undefined
                ? 'no day is set'
                : isOpen(status)
                  ? dueWords(dueAt, nowMs.value)
                  : dayAndTime(Date.parse(dueAt))}
            </td>
            <td>{`${STATUS_WORDS[status]}${outcome === undefined ? '' : `: ${outcome.text}`}`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface DialogProps {
  readonly wearerId: string;
  readonly stands: RiskPlanRecord | null;
  readonly conditions: readonly ConditionInfo[];
  onClose(isDone: boolean): void;
}

/** How many conditions that no tag watches a form asks for beside those that stand. */
const MORE_WORDED = 2;

function PlanDialog({ wearerId, stands, conditions, onClose }: DialogProps) {
  // What is said of one that has ended stays in the versions before.
  const own = conditions.map(
    (one): PlannedCondition => ({
      conditionId: one.conditionId,
      plan: stands?.conditions.find(({ conditionId }) => conditionId === one.conditionId)?.plan ?? '',
    }),
  );
  const worded = (stands?.conditions ?? []).filter(({ wording }) => wording !== undefined);
  const unwatched = [...worded, ...Array.from({ length: MORE_WORDED }, () => ({ wording: '', plan: '' }))];
  const write = (said: FormData): Promise<Written> => {
    const parts = Object.fromEntries(PARTS.map((part) => [part, textOf(said, part)])) as Record<PlanPart, string>;
    const [review, from] = [textOf(said, 'reviewAt'), textOf(said, 'effectiveAt')];
    const said_ = unwatched.map((_, i) => ({
      wording: textOf(said, `wording-${i}`),
      plan: textOf(said, `worded-${i}`),
    }));
    return putRiskPlan(
      wearerId,
      {
        ...parts,
        conditions: [
          ...own.map(({ conditionId }, i) => ({ conditionId: conditionId!, plan: textOf(said, `condition-${i}`) })),
          ...said_.filter(({ wording, plan }) => wording !== '' || plan !== ''),
        ],
        ...(review === '' ? {} : { reviewAt: toInstant(review, 'earlier') }),
        ...(from === '' ? {} : { effectiveAt: toInstant(from, 'later') }),
        changeReason: textOf(said, 'changeReason'),
      },
      stands?.version ?? null,
    );
  };
  return (
    <FormDialog
      label="Risk management plan"
      draftKey={`plan ${wearerId} ${stands?.version ?? 0}`}
      submitWords="Write it"
      onSubmit={write}
      onClose={onClose}
      extra={<p>The versions before stay as they are.</p>}
    >
      {PARTS.map((part) => (
        <Long key={part} name={part} label={PLAN_PARTS[part]} value={stands?.[part] ?? ''} required />
      ))}
      {own.map((one, i) => (
        <Long
          key={one.conditionId}
          name={`condition-${i}`}
          label={`What is done about: ${whichWords(one, conditions)}`}
          value={one.plan}
          required
        />
      ))}
      {unwatched.map((one, i) => (
        <fieldset key={i} class="tw-choices">
          <legend>A condition that no tag watches (if there is one)</legend>
          <Long name={`wording-${i}`} label="Its words" value={one.wording ?? ''} />
          <Long name={`worded-${i}`} label="What is done about it" value={one.plan} />
        </fieldset>
      ))}
      <label class="tw-label" for="plan-from">
        From when (local time; none: from now on)
      </label>
      <input id="plan-from" name="effectiveAt" class="tw-input" type="datetime-local" />
      <label class="tw-label" for="plan-review">
        Review (local time; none: as often as the rating asks for)
      </label>
      <input
        id="plan-review"
        name="reviewAt"
        class="tw-input"
        type="datetime-local"
        defaultValue={stands?.reviewAt === undefined ? '' : toLocalText(Date.parse(stands.reviewAt))}
      />
      <ReasonField id="plan-reason" label="Why" />
    </FormDialog>
  );
}

interface LongProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly required?: boolean;
}

function Long({ name, label, value, required = false }: LongProps) {
  const id = `plan-${name}`;
  return (
    <>
      <label class="tw-label" for={id}>
        {label}
      </label>
      <textarea
        id={id}
        name={name}
        class="tw-textarea"
        rows={2}
        maxLength={MAX_PLAN_PART_LENGTH}
        required={required}
        defaultValue={value}
      />
    </>
  );
}
