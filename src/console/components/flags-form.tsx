/** Warnings about a wearer, and who alone may know of them: what holds, what was before, and why; changed by who may. */
import { useState } from 'preact/hooks';
import { type Answer, ask, askList } from '../api.js';
import { may, nowMs } from '../live/live.js';
import { toInstant } from '../model/local-instant.js';
import { putRecord } from '../send.js';
import { askFlagVersions, type FlagsRecord, putFlags } from '../wanted-api.js';
import { personWords } from '../words/people-words.js';
import { dayAndTime } from '../words/times.js';
import { FormDialog, ReasonField, textOf, type Written } from './form-dialog.js';
import { useAnswer, whyMissing } from './use-answer.js';

const REFRESH_MS = 60_000;

interface Props {
  readonly wearerId: string;
  /** Something was written. */
  onWritten(): void;
}

/** Who somebody is, as it is answered. */
interface WearerRecord {
  readonly wearerId: string;
  readonly restrictedTo?: readonly string[] | null;
  readonly version: number;
  readonly effectiveAt: string | null;
  readonly recordedAt: string;
  readonly author: string;
  readonly changeReason?: string;
  readonly correlationId?: string;
}

const pathOf = (wearerId: string): string => `/wearers/${encodeURIComponent(wearerId)}`;
const askWearer = (wearerId: string): Promise<Answer<WearerRecord>> => ask(pathOf(wearerId));

/** Those versions that say otherwise than the one before them, the newest first. */
async function askRestrictions(wearerId: string): Promise<Answer<readonly WearerRecord[]>> {
  const answer = await askList<WearerRecord>(`${pathOf(wearerId)}/versions`);
  if (!answer.ok) return answer;
  const isOther = (version: WearerRecord, place: number) =>
    restrictionWords(version) !== restrictionWords(answer.body[place - 1] ?? {});
  return { ok: true, body: answer.body.filter(isOther).reverse() };
}

const restrictionWords = ({ restrictedTo }: Pick<WearerRecord, 'restrictedTo'>): string =>
  restrictedTo == null
    ? 'Everybody whose scope it is may know of this wearer'
    : `These persons alone may know of this wearer: ${restrictedTo.map(personWords).join(', ') || 'nobody'}`;

const byWords = ({ author, effectiveAt, recordedAt, changeReason }: FlagsRecord | WearerRecord): string =>
  `from ${dayAndTime(Date.parse(effectiveAt ?? recordedAt))}, by ${personWords(author)}${changeReason === undefined ? '' : `: ${changeReason}`}`;

const flagsWords = ({ flags }: FlagsRecord): string => (flags.length === 0 ? 'No warning' : flags.join('; '));

export function FlagsForm({ wearerId, onWritten }: Props) {
  const [turn, setTurn] = useState(0);
  const [open, setOpen] = useState<'flags' | 'restriction' | null>(null);
  const minute = Math.floor(nowMs.value / REFRESH_MS);
  const key = `${wearerId} ${minute} ${turn}`;
  const flags = useAnswer(may('schemes.read') ? key : null, () => askFlagVersions(wearerId));
  const wearer = useAnswer(may('schemes.read') ? key : null, () => askWearer(wearerId));
  const restrictions = useAnswer(may('schemes.read') ? key : null, () => askRestrictions(wearerId));
  if (!may('schemes.read')) return null;
  const close = (isDone: boolean) => {
    setOpen(null);
    if (!isDone) return;
    setTurn(turn + 1);
    onWritten();
  };
  const versions = flags?.ok === true ? flags.body : [];
  const [newest, ...before] = versions;
  const changes = restrictions?.ok === true ? restrictions.body : [];
  return (
    <section aria-label="Warnings and restriction">
      <h2 class="tw-heading">Warnings and restriction</h2>
      {flags !== null && !flags.ok ? <p>The warnings are not shown: {whyMissing(flags.status)}.</p> : null}
      {flags?.ok === true && newest === undefined ? <p>No warning is recorded.</p> : null}
      {newest === undefined ? null : (
        <p>
          <strong>{flagsWords(newest)}</strong>
          {`, ${byWords(newest)}.`}
        </p>
      )}
      {wearer?.ok === true ? <p>{`${restrictionWords(wearer.body)}.`}</p> : null}
      {before.length + changes.length === 0 ? null : (
        <details>
          <summary>{`Changes of them: ${before.length + changes.length}`}</summary>
          <ul class="tw-sentences">
            {before.map((version) => (
              <li key={`flags ${version.version}`}>{`${flagsWords(version)}, ${byWords(version)}.`}</li>
            ))}
            {changes.map((version) => (
              <li key={`restriction ${version.version}`}>{`${restrictionWords(version)}, ${byWords(version)}.`}</li>
            ))}
          </ul>
        </details>
      )}
      <p class="tw-row-of-buttons">
        {may('schemes.write') && flags?.ok === true ? (
          <button type="button" class="tw-button" onClick={() => setOpen('flags')}>
            Change the warnings …
          </button>
        ) : null}
        {may('records.write') && wearer?.ok === true ? (
          <button type="button" class="tw-button" onClick={() => setOpen('restriction')}>
            Restrict …
          </button>
        ) : null}
      </p>
      {open === 'flags' ? <FlagsDialog wearerId={wearerId} stands={newest ?? null} onClose={close} /> : null}
      {open === 'restriction' && wearer?.ok === true ? (
        <RestrictionDialog stands={wearer.body} onClose={close} />
      ) : null}
    </section>
  );
}

interface DialogProps {
  onClose(isDone: boolean): void;
}

const linesOf = (said: FormData, name: string): string[] => [
  ...new Set(
    textOf(said, name)
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  ),
];

function FlagsDialog({
  wearerId,
  stands,
  onClose,
}: DialogProps & { readonly wearerId: string; readonly stands: FlagsRecord | null }) {
  const write = (said: FormData): Promise<Written> => {
    const from = textOf(said, 'effectiveAt');
    const { wanted, wantedSince } = stands ?? {};
    const content = {
      flags: linesOf(said, 'flags'),
      // That somebody is wanted stands in the same record, and stays.
      ...(wanted === undefined ? {} : { wanted }),
      ...(wantedSince === undefined ? {} : { wantedSince }),
      ...(from === '' ? {} : { effectiveAt: toInstant(from, 'later') }),
      changeReason: textOf(said, 'changeReason'),
    };
    return putFlags(wearerId, content, stands?.version ?? null);
  };
  return (
    <FormDialog
      label="Change the warnings"
      draftKey={`flags ${wearerId} ${stands?.version ?? 0}`}
      submitWords="Write it"
      onSubmit={write}
      onClose={onClose}
    >
      <label class="tw-label" for="flags-flags">
        What whoever meets this wearer has to know, one a line
      </label>
      <textarea
        id="flags-flags"
        name="flags"
        class="tw-textarea"
        rows={4}
        maxLength={2_000}
        defaultValue={stands?.flags.join('\n') ?? ''}
      />
      <label class="tw-label" for="flags-from">
        From when (local time; none: from now on)
      </label>
      <input id="flags-from" name="effectiveAt" class="tw-input" type="datetime-local" />
      <ReasonField id="flags-reason" label="Why" />
    </FormDialog>
  );
}

function RestrictionDialog({ stands, onClose }: DialogProps & { readonly stands: WearerRecord }) {
  const write = (said: FormData): Promise<Written> => {
    const {
      wearerId,
      version,
      effectiveAt: _at,
      recordedAt: _recorded,
      author: _by,
      correlationId: _id,
      ...content
    } = stands;
    const persons = linesOf(said, 'restrictedTo');
    const restrictedTo = persons.length === 0 ? null : persons;
    return putRecord(
      pathOf(wearerId),
      { ...content, restrictedTo, changeReason: textOf(said, 'changeReason') },
      version,
      false,
    );
  };
  return (
    <FormDialog
      label="Who alone may know of this wearer"
      draftKey={`restriction ${stands.wearerId} ${stands.version}`}
      submitWords="Write it"
      onSubmit={write}
      onClose={onClose}
      extra={
        <p>
          It holds at once, whatever the role of anybody else. Whoever is not named, the writer too, sees nothing of
          this wearer any more.
        </p>
      }
    >
      <label class="tw-label" for="restriction-to">
        Persons as they sign in, one a line (none: it is lifted)
      </label>
      <textarea
        id="restriction-to"
        name="restrictedTo"
        class="tw-textarea"
        rows={4}
        maxLength={20_000}
        defaultValue={stands.restrictedTo?.join('\n') ?? ''}
      />
      <ReasonField id="restriction-reason" label="Why" />
    </FormDialog>
  );
}
