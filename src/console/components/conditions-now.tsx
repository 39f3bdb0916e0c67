/** What a wearer has to keep at this moment, and when that changes next: by the terms that the engine judges by. */

import { CONDITION_KIND_WORDS, wordingWords } from '../../wire/condition-words.js';
import type { ConditionNow } from '../../wire/timeline.js';
import { may, nowMs, zoneNameOf } from '../live/live.js';
import { askConditionsNow } from '../wearer-api.js';
import { standingNowWords } from '../words/timeline-words.js';
import { duration, hourAndMinute } from '../words/times.js';
import { useAnswer, whyMissing } from './use-answer.js';

const REFRESH_MS = 60_000;

export function ConditionsNow({ wearerId }: { readonly wearerId: string }) {
  const minute = Math.floor(nowMs.value / REFRESH_MS);
  const answer = useAnswer(may('records.read') ? `${wearerId} ${minute}` : null, () => askConditionsNow(wearerId));
  return (
    <section aria-label="Conditions now">
      <h2 class="tw-heading">Conditions now</h2>
      {answer === null ? <p>…</p> : null}
      {answer !== null && !answer.ok ? <p>The conditions are not shown: {whyMissing(answer.status)}.</p> : null}
      {answer?.ok === true ? <Told {...answer.body} /> : null}
    </section>
  );
}

interface ToldProps {
  readonly conditions: readonly ConditionNow[];
  readonly nextChangeAt: string | null;
  readonly complete: boolean;
}

function Told({ conditions, nextChangeAt, complete }: ToldProps) {
  const atMs = nowMs.value;
  if (conditions.length === 0) return <p>No condition is judged now: nothing is in force, or no tag is fitted.</p>;
  return (
    <>
      <p class="tw-line">
        {nextChangeAt === null
          ? 'No change is known.'
          : `Next change at ${hourAndMinute(Date.parse(nextChangeAt), atMs)}, in ${duration(Date.parse(nextChangeAt) - atMs)}.`}
      </p>
      <ul class="tw-sentences">
        {conditions.map((one) => (
          <li key={`${one.conditionId} ${one.zoneId}`}>
            <strong>{`${CONDITION_KIND_WORDS[one.kind]} ${zoneNameOf(one.zoneId) ?? one.zoneId}`}</strong>
            {`${one.appliesToAll ? ' (applies to every wearer)' : ''}. ${standingNowWords(one, atMs)}.`}
            <span class="tw-note">{wordingWords(one.wording)}</span>
          </li>
        ))}
      </ul>
      {complete ? null : <p class="tw-sub">More conditions apply to every wearer than are shown here.</p>}
    </>
  );
}
