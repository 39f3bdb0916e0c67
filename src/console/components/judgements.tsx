/** What is judged about a wearer: the RAG rating, which two persons agree on, MAPPA and membership of the cohort, each with who says so. */
import { useState } from 'preact/hooks';
import { COHORTS, type CohortName } from '../../wire/membership.js';
import { RAG_RATINGS, type Rag } from '../../wire/rag.js';
import {
  askMappa,
  askMembership,
  askRagVersions,
  type MappaRecord,
  type MembershipRecord,
  proposeRag,
  putMappa,
  putMembership,
  putRag,
  type RagContent,
  type RagVersion,
} from '../judgements-api.js';
import { may, me, nowMs } from '../live/live.js';
import { toInstant, toLocalText } from '../model/local-instant.js';
import { askProposals, proposeTransfer } from '../proposals-api.js';
import {
  COHORT_WORDS,
  mappaWords,
  membershipWords,
  ragChangeWords,
  ragVersionWords,
} from '../words/judgement-words.js';
import { FormDialog, ReasonField, textOf, type Written } from './form-dialog.js';
import { useAnswer, whyMissing } from './use-answer.js';
import { WaitingProposals } from './waiting-proposals.js';

const REFRESH_MS = 60_000;

interface Props {
  readonly wearerId: string;
  /** Something was written. */
  onWritten(): void;
}

export function Judgements({ wearerId, onWritten }: Props) {
  const [turn, setTurn] = useState(0);
  const [open, setOpen] = useState<'rag' | 'mappa' | 'membership' | 'transfer' | null>(null);
  const [said, setSaid] = useState('');
  const minute = Math.floor(nowMs.value / REFRESH_MS);
  const key = `${wearerId} ${minute} ${turn}`;
  const reads = may('schemes.read');
  const ratings = useAnswer(reads ? key : null, () => askRagVersions(wearerId, may('proposals.read')));
  const mappa = useAnswer(reads ? key : null, () => askMappa(wearerId));
  const membership = useAnswer(reads ? key : null, () => askMembership(wearerId));
  const waiting = useAnswer(may('proposals.read') ? key : null, askProposals);
  if (!reads) return null;
  const changed = (told: string) => {
    setSaid(told);
    setTurn(turn + 1);
    onWritten();
  };
  const close = (told: string) => (isDone: boolean) => {
    setOpen(null);
    if (isDone) changed(told);
  };
  const versions = ratings?.ok === true ? ratings.body : [];
  const inForce = versions.find(({ effectiveAt, recordedAt }) => Date.parse(effectiveAt ?? recordedAt) <= nowMs.value);
  const own = (waiting?.ok === true ? waiting.body : []).filter(
    ({ kind, id }) => (kind === 'rag-rating' || kind === 'transfer') && id === wearerId,
  );
  const isAlone = me.value?.kind === 'local';
  return (
    <section aria-label="Rating and management">
      <h2 class="tw-heading">Rating and management</h2>
      <p role="status">{said}</p>
      {ratings !== null && !ratings.ok ? <p>The ratings are not shown: {whyMissing(ratings.status)}.</p> : null}
      {ratings?.ok === true && versions.length === 0 ? <p>No RAG rating is recorded.</p> : null}
      <RagHistory versions={versions} />
      {own.length === 0 ? null : <WaitingProposals proposals={own} onDecided={changed} />}
      {mappa?.ok === true ? <p>{mappaWords(mappa.body)}</p> : null}
      {membership?.ok === true ? <p>{membershipWords(membership.body)}</p> : null}
      <p class="tw-row-of-buttons">
        {may('rag.write') && ratings?.ok === true ? (
          <button type="button" class="tw-button" onClick={() => setOpen('rag')}>
            {isAlone ? 'Rate …' : 'Propose a rating …'}
          </button>
        ) : null}
        {may('schemes.write') && mappa?.ok === true ? (
          <button type="button" class="tw-button" onClick={() => setOpen('mappa')}>
            Change MAPPA …
          </button>
        ) : null}
        {may('schemes.write') && membership?.ok === true ? (
          <button type="button" class="tw-button" onClick={() => setOpen('membership')}>
            Select or de-select …
          </button>
        ) : null}
        {may('records.write') && may('proposals.write') && !isAlone ? (
          <button type="button" class="tw-button" onClick={() => setOpen('transfer')}>
            Hand over …
          </button>
        ) : null}
      </p>
      {open === 'rag' ? (
        <RagDialog
          wearerId={wearerId}
          isAlone={isAlone}
          inForce={inForce?.rating ?? null}
          version={versions[0]?.version ?? null}
          onClose={close(isAlone ? 'It is rated.' : 'It waits for a second person.')}
        />
      ) : null}
      {open === 'transfer' ? (
        <TransferDialog wearerId={wearerId} onClose={close('It waits for the other side to accept it.')} />
      ) : null}
      {open === 'mappa' && mappa?.ok === true ? (
        <MappaDialog wearerId={wearerId} stands={mappa.body} onClose={close('The MAPPA status is written.')} />
      ) : null}
      {open === 'membership' && membership?.ok === true ? (
        <MembershipDialog wearerId={wearerId} stands={membership.body} onClose={close('The cohort is written.')} />
      ) : null}
    </section>
  );
}

/** The newest is in sight, and those before it a click away. */
function RagHistory({ versions }: { readonly versions: readonly RagVersion[] }) {
  const [newest, ...before] = versions;
  if (newest === undefined) return null;
  return (
    <>
      <p>
        <strong>{`RAG ${newest.rating}`}</strong>
        {ragVersionWords(newest).slice(newest.rating.length)}
      </p>
      {before.length === 0 ? null : (
        <details>
          <summary>{`Ratings before: ${before.length}`}</summary>
          <ul class="tw-sentences">
            {before.map((version) => (
              <li key={version.version}>{ragVersionWords(version)}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

interface DialogProps {
  readonly wearerId: string;
  onClose(isDone: boolean): void;
}

function RagDialog({
  wearerId,
  isAlone,
  inForce,
  version,
  onClose,
}: DialogProps & { readonly isAlone: boolean; readonly inForce: Rag | null; readonly version: number | null }) {
  const write = (said: FormData, sendId: string): Promise<Written> => {
    const [from, next] = [textOf(said, 'effectiveAt'), textOf(said, 'nextReviewAt')];
    const body: RagContent = {
      rating: textOf(said, 'rating') as Rag,
      evidence: textOf(said, 'evidence'),
      ...(from === '' ? {} : { effectiveAt: toInstant(from, 'later') }),
      ...(next === '' ? {} : { nextReviewAt: toInstant(next, 'earlier') }),
    };
    return isAlone
      ? putRag(wearerId, body, version)
      : proposeRag(sendId, wearerId, body, ragChangeWords(inForce, body.rating));
  };
  return (
    <FormDialog
      label={isAlone ? 'Rate' : 'Propose a rating'}
      draftKey={`rag ${wearerId}`}
      submitWords={isAlone ? 'Write it' : 'Propose it'}
      onSubmit={write}
      onClose={onClose}
      extra={
        <p>
          {inForce === null ? 'Not rated now.' : `${inForce} now.`}
          {isAlone ? '' : ' A second person has to agree.'}
        </p>
      }
    >
      <fieldset class="tw-choices">
        <legend>Rating</legend>
        {RAG_RATINGS.map((rating) => (
          <label key={rating} class="tw-choice">
            <input type="radio" name="rating" value={rating} required />
            {rating === 'blue' ? 'blue: in custody' : rating}
          </label>
        ))}
      </fieldset>
      <label class="tw-label" for="rag-evidence">
        What it rests on
      </label>
      <input id="rag-evidence" name="evidence" class="tw-input" required maxLength={2_000} autocomplete="off" />
      <label class="tw-label" for="rag-from">
        {`From when (local time; none: ${isAlone ? 'from now on' : 'from when it is agreed to'})`}
      </label>
      <input id="rag-from" name="effectiveAt" class="tw-input" type="datetime-local" />
      <label class="tw-label" for="rag-review">
        Next review (local time; none: as often as the rating asks for)
      </label>
      <input id="rag-review" name="nextReviewAt" class="tw-input" type="datetime-local" />
    </FormDialog>
  );
}

function TransferDialog({ wearerId, onClose }: DialogProps) {
  const write = (said: FormData, sendId: string): Promise<Written> => {
    const [force, division, schemes] = [textOf(said, 'force'), textOf(said, 'division'), textOf(said, 'schemes')];
    const listed = schemes
      .split(';')
      .map((one) => one.trim())
      .filter((one) => one !== '');
    const body = {
      force,
      ...(division === '' ? {} : { division }),
      ...(listed.length === 0 ? {} : { schemes: listed }),
    };
    return proposeTransfer(sendId, wearerId, body, textOf(said, 'changeReason'));
  };
  return (
    <FormDialog
      label="Hand over to another force"
      draftKey={`transfer ${wearerId}`}
      submitWords="Hand over"
      onSubmit={write}
      onClose={onClose}
      extra={<p>The wearer stays yours until the other side accepts.</p>}
    >
      <label class="tw-label" for="transfer-force">
        To which force
      </label>
      <input id="transfer-force" name="force" class="tw-input" required maxLength={200} autocomplete="off" />
      <label class="tw-label" for="transfer-division">
        Division there (if it is known)
      </label>
      <input id="transfer-division" name="division" class="tw-input" maxLength={200} autocomplete="off" />
      <label class="tw-label" for="transfer-schemes">
        Schemes there, parted by ; (if any)
      </label>
      <input id="transfer-schemes" name="schemes" class="tw-input" maxLength={1_000} autocomplete="off" />
      <ReasonField id="transfer-reason" label="Why" />
    </FormDialog>
  );
}

function MappaDialog({ wearerId, stands, onClose }: DialogProps & { readonly stands: MappaRecord | null }) {
  const write = (said: FormData): Promise<Written> => {
    const [category, level, review] = [textOf(said, 'category'), textOf(said, 'level'), textOf(said, 'reviewAt')];
    const content = {
      category: category === '' ? null : Number(category),
      level: level === '' ? null : Number(level),
      ...(review === '' ? {} : { reviewAt: toInstant(review, 'earlier') }),
      changeReason: textOf(said, 'changeReason'),
    };
    return putMappa(wearerId, content, stands?.version ?? null);
  };
  return (
    <FormDialog
      label="Change MAPPA"
      draftKey={`mappa ${wearerId}`}
      submitWords="Write it"
      onSubmit={write}
      onClose={onClose}
    >
      <NumberField id="mappa-category" name="category" label="Category" last={4} chosen={stands?.category ?? null} />
      <NumberField id="mappa-level" name="level" label="Level" last={3} chosen={stands?.level ?? null} />
      <label class="tw-label" for="mappa-review">
        Review (local time, if one is set)
      </label>
      <input
        id="mappa-review"
        name="reviewAt"
        class="tw-input"
        type="datetime-local"
        defaultValue={stands?.reviewAt === undefined ? '' : toLocalText(Date.parse(stands.reviewAt))}
      />
      <ReasonField id="mappa-reason" label="Why" />
    </FormDialog>
  );
}

interface NumberFieldProps {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  readonly last: number;
  readonly chosen: number | null;
}

function NumberField({ id, name, label, last, chosen }: NumberFieldProps) {
  return (
    <>
      <label class="tw-label" for={id}>
        {label}
      </label>
      <select id={id} name={name} class="tw-input">
        <option value="">none: not managed so</option>
        {Array.from({ length: last }, (_, place) => place + 1).map((number) => (
          <option key={number} value={number} selected={number === chosen}>
            {number}
          </option>
        ))}
      </select>
    </>
  );
}

function MembershipDialog({ wearerId, stands, onClose }: DialogProps & { readonly stands: MembershipRecord | null }) {
  const write = (said: FormData): Promise<Written> =>
    putMembership(
      wearerId,
      {
        cohort: textOf(said, 'cohort') as CohortName,
        changeReason: textOf(said, 'changeReason'),
      },
      stands?.version ?? null,
    );
  return (
    <FormDialog
      label="Select or de-select"
      draftKey={`membership ${wearerId}`}
      submitWords="Write it"
      onSubmit={write}
      onClose={onClose}
    >
      <fieldset class="tw-choices">
        <legend>Cohort</legend>
        {COHORTS.map((cohort) => (
          <label key={cohort} class="tw-choice">
            <input type="radio" name="cohort" value={cohort} required defaultChecked={cohort === stands?.cohort} />
            {`${cohort}: ${COHORT_WORDS[cohort]}`}
          </label>
        ))}
      </fieldset>
      <ReasonField id="membership-reason" label="Why: what the panel decided" />
    </FormDialog>
  );
}
