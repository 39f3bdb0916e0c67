/** A list of who is in custody: whom of ours each row may be, confirmed or refused one by one. Nothing opens or ends by itself. */

import { useRef, useState } from 'preact/hooks';
import type { CustodyMatch } from '../../wire/custody-list.js';
import { type ChosenFile, ColumnFields, FileField } from '../components/file-choice.js';
import { FormDialog, ReasonField, textOf } from '../components/form-dialog.js';
import { useAnswer } from '../components/use-answer.js';
import { type CustodyListRead, type MatchedRow, putCustody, readCustodyList } from '../custody-list-api.js';
import { may, nowMs } from '../live/live.js';
import { askCustodyPeriods, type PeriodRecord } from '../periods-api.js';
import type { FileRead } from '../record-files-api.js';
import { wearerAddress } from '../route.js';
import {
  custodyReason,
  custodyRowWords,
  matchWords,
  refusalReason,
  refusedWords,
  STRENGTH_WORDS,
} from '../words/custody-words.js';
import { dayAndTime } from '../words/times.js';

export function CustodyListPage() {
  return (
    <main class="tw-page" id="main">
      <p class="tw-back">
        <a href="/imports">Imports</a>
      </p>
      <h1 class="tw-sentence">Custody list</h1>
      {may('custody.write') ? <CustodyList /> : <p>Your roles do not include custody.</p>}
    </main>
  );
}

/** What became of a match: refused, written, or why it was not. */
type Decided = { readonly what: 'confirmed' | 'refused' } | { readonly what: 'failed'; readonly why: string };

const keyOf = ({ line }: Pick<MatchedRow, 'line'>, { wearerId }: CustodyMatch): string => `${line} ${wearerId}`;

function CustodyList() {
  const [file, setFile] = useState<ChosenFile | null>(null);
  const [read, setRead] = useState<CustodyListRead | null>(null);
  const [trouble, setTrouble] = useState('');
  const [decided, setDecided] = useState<Readonly<Record<string, Decided>>>({});
  const [written, setWritten] = useState(0);
  const turn = useRef(0);
  const [refusing, setRefusing] = useState<{ readonly row: MatchedRow; readonly match: CustodyMatch } | null>(null);
  const periods = useAnswer(String(written), askCustodyPeriods);

  const ask = async (of: ChosenFile | null, columns: FileRead['columns'] | null) => {
    turn.current += 1;
    const own = turn.current;
    setTrouble('');
    setDecided({});
    if (of === null) return setRead(null);
    const answer = await readCustodyList(of.name, of.bytes, columns);
    if (own !== turn.current) return;
    setRead(answer.ok ? answer.body : null);
    if (!answer.ok) setTrouble(`The list is not read. ${answer.why}`);
  };
  const decide = (key: string, what: Decided) => setDecided((before) => ({ ...before, [key]: what }));
  const confirm = async (row: MatchedRow, match: CustodyMatch) => {
    const key = keyOf(row, match);
    const changeReason = custodyReason(file?.name ?? '', row, match);
    const sent = await putCustody(match.custodyPeriodId, {
      wearerId: match.wearerId,
      startsAt: row.startsAt,
      changeReason,
    });
    decide(key, sent.ok ? { what: 'confirmed' } : { what: 'failed', why: sent.why });
    if (sent.ok) setWritten((count) => count + 1);
  };
  return (
    <>
      <p>
        A CSV in UTF-8 whose first line names its columns. Whom a row may be is proposed; nobody is in custody by it
        before you confirm the match, and nothing ends by it.
      </p>
      <div class="tw-stretch">
        <FileField
          onFile={(next) => {
            setFile(next);
            void ask(next, null);
          }}
        />
      </div>
      {trouble === '' ? null : (
        <p class="tw-told" role="alert">
          {trouble}
        </p>
      )}
      {read === null ? null : (
        <>
          <ColumnFields read={read} onColumns={(columns) => void ask(file, columns)} />
          {read.faults.length === 0 ? null : (
            <section aria-label="Rows that are not read">
              <h2 class="tw-heading">{`Rows that are not read: ${read.faults.length}`}</h2>
              <ul class="tw-sentences">
                {read.faults.map(({ line, detail }) => (
                  <li key={line}>{`Line ${line}: ${detail}.`}</li>
                ))}
              </ul>
            </section>
          )}
          <section aria-label="Matches">
            <h2 class="tw-heading">
              {`${read.rows.length} of ${read.rows.length + read.unmatched} rows may be somebody of ours`}
            </h2>
            <ul class="tw-plain-list">
              {read.rows.map((row) => (
                <li key={row.line}>
                  <OneRow
                    row={row}
                    periods={periods?.ok === true ? periods.body : null}
                    decided={decided}
                    onConfirm={(match) => void confirm(row, match)}
                    onRefuse={(match) => setRefusing({ row, match })}
                  />
                </li>
              ))}
            </ul>
          </section>
        </>
      )}
      {refusing === null ? null : (
        <RefuseDialog
          file={file?.name ?? ''}
          {...refusing}
          onClose={(isDone) => {
            setRefusing(null);
            if (isDone) decide(keyOf(refusing.row, refusing.match), { what: 'refused' });
          }}
        />
      )}
    </>
  );
}

interface RefuseProps {
  readonly file: string;
  readonly row: MatchedRow;
  readonly match: CustodyMatch;
  onClose(isDone: boolean): void;
}

/** On record as a period that never was, so that the same row does not propose it again. */
function RefuseDialog({ file, row, match, onClose }: RefuseProps) {
  const { custodyPeriodId, wearerId, name } = match;
  return (
    <FormDialog
      label={`Not ${name} (${wearerId})`}
      draftKey={`refuse ${custodyPeriodId}`}
      submitWords="Refuse it"
      onSubmit={(said) => {
        const changeReason = refusalReason(file, row, textOf(said, 'changeReason'));
        return putCustody(custodyPeriodId, { wearerId, startsAt: row.startsAt, endsAt: row.startsAt, changeReason });
      }}
      onClose={onClose}
      extra={<p>The same row does not propose it again.</p>}
    >
      <ReasonField id="refuse-reason" label="Why it is somebody else" />
    </FormDialog>
  );
}

interface RowProps {
  readonly row: MatchedRow;
  /** Null: they are not known. */
  readonly periods: readonly PeriodRecord[] | null;
  readonly decided: Readonly<Record<string, Decided>>;
  onConfirm(match: CustodyMatch): void;
  onRefuse(match: CustodyMatch): void;
}

function OneRow({ row, periods, decided, onConfirm, onRefuse }: RowProps) {
  const title = `Line ${row.line}: ${row.name ?? 'no name'}`;
  return (
    <article aria-label={title} class="tw-intelligence">
      <h3 class="tw-heading">{title}</h3>
      <p>{custodyRowWords(row)}</p>
      {row.matches.length < 2 ? null : (
        <p
          class="tw-first"
          role="note"
        >{`It may be any of ${row.matches.length}: which one, the list does not say.`}</p>
      )}
      <ul class="tw-sentences">
        {row.matches.map((match) => (
          <li key={match.wearerId}>
            <OneMatch
              row={row}
              match={match}
              known={periods?.filter(isBehind(match.wearerId, row.startsAt)) ?? null}
              decided={decided[keyOf(row, match)] ?? null}
              onConfirm={() => onConfirm(match)}
              onRefuse={() => onRefuse(match)}
            />
          </li>
        ))}
        {row.refused.map((one) => (
          <li key={`refused ${one.wearerId}`}>{`${refusedWords(one)}.`}</li>
        ))}
      </ul>
    </article>
  );
}

/** What is on record of a wearer and goes on behind an instant, or begins behind it. */
const isBehind =
  (wearerId: string, instant: string) =>
  (period: PeriodRecord): boolean =>
    period.wearerId === wearerId && (period.endsAt == null || Date.parse(period.endsAt) > Date.parse(instant));

function periodWords({ startsAt, endsAt }: PeriodRecord): string {
  const [fromMs, untilMs] = [Date.parse(startsAt), endsAt == null ? null : Date.parse(endsAt)];
  if (untilMs !== null && untilMs <= nowMs.value)
    return `Released on ${dayAndTime(untilMs)} by what is on record: the list may be older. `;
  return fromMs > nowMs.value
    ? `To be in custody from ${dayAndTime(fromMs)} on, by what is on record. `
    : `In custody on record since ${dayAndTime(fromMs)}. `;
}

interface MatchProps {
  readonly row: MatchedRow;
  readonly match: CustodyMatch;
  /** What is on record behind the row's begin: then nothing is written by the list. Null: it is not known. */
  readonly known: readonly PeriodRecord[] | null;
  readonly decided: Decided | null;
  onConfirm(): void;
  onRefuse(): void;
}

function OneMatch({ match, known, decided, onConfirm, onRefuse }: MatchProps) {
  const { wearerId, name, strength } = match;
  const isOpen = decided === null || decided.what === 'failed';
  return (
    <>
      <strong>{STRENGTH_WORDS[strength]}</strong>: <a href={wearerAddress(wearerId)}>{`${name} (${wearerId})`}</a>
      {`, ${matchWords(match)}. `}
      {known === null
        ? 'What is on record of custody is not known: nothing can be confirmed. '
        : known.map(periodWords)}
      {decided?.what === 'confirmed' ? <strong role="status">Confirmed: in custody on record.</strong> : null}
      {decided?.what === 'refused' ? <strong role="status">Refused: not this wearer.</strong> : null}
      {decided?.what === 'failed' ? (
        <span class="tw-told" role="alert">{`It is not written. ${decided.why}`}</span>
      ) : null}
      {isOpen ? (
        <span class="tw-row-of-buttons">
          {known?.length === 0 ? (
            <button type="button" class="tw-button" onClick={onConfirm}>
              {`Confirm ${name} (${wearerId})`}
            </button>
          ) : null}
          <button type="button" class="tw-button" onClick={onRefuse}>
            {`Refuse ${name} (${wearerId})`}
          </button>
        </span>
      ) : null}
    </>
  );
}
