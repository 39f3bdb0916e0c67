/** Records from a CSV of another system: columns and what each is, a preview row by row, and the writing, which somebody confirms. */
import { useRef, useState } from 'preact/hooks';
import { FILE_KINDS, type FileKind } from '../../wire/record-file.js';
import { type ChosenFile, ColumnFields, FileField } from '../components/file-choice.js';
import { may } from '../live/live.js';
import { type FileRead, type FileRow, readFile, writeRows } from '../record-files-api.js';
import { countWords, FILE_KIND_WORDS, ROW_WORDS, rowWords } from '../words/file-words.js';

/** More are counted, and written, but not shown: what is refused stands first. */
const MAX_SHOWN = 500;

const UNKNOWN =
  'No answer came: it may or may not be written. What still says new or changed was not there when it was read again.';
/** Nobody answered, or something between did; the server itself says 503 where it wrote nothing. */
const isUnknown = (status: number): boolean => status === 0 || (status >= 500 && status !== 503);

export function ImportsPage() {
  return (
    <main class="tw-page" id="main">
      <h1 class="tw-sentence">Imports</h1>
      {may('custody.write') ? (
        <p>
          <a href="/custody-list">A list of who is in custody</a> is read on a page of its own.
        </p>
      ) : null}
      {may('records.write') ? <ImportForm /> : <p>Your roles do not include imports.</p>}
    </main>
  );
}

function ImportForm() {
  const [kind, setKind] = useState<FileKind>('wearer');
  const [file, setFile] = useState<ChosenFile | null>(null);
  const [read, setRead] = useState<FileRead | null>(null);
  const [said, setSaid] = useState('');
  const [trouble, setTrouble] = useState('');
  const [isBusy, setBusy] = useState(false);
  /** What was asked last: an answer to something else is not shown. */
  const turn = useRef(0);

  const ask = async (of: ChosenFile | null, as: FileKind, columns: FileRead['columns'] | null) => {
    turn.current += 1;
    const own = turn.current;
    setSaid('');
    setTrouble('');
    if (of === null) return setRead(null);
    setBusy(true);
    const answer = await readFile(of.name, of.bytes, as, columns);
    if (own !== turn.current) return;
    setBusy(false);
    setRead(answer.ok ? answer.body : null);
    if (!answer.ok) setTrouble(`The file is not read. ${answer.why}`);
  };
  const write = async (rows: readonly FileRow[]) => {
    if (isBusy) return;
    setBusy(true);
    setTrouble('');
    const sent = await writeRows(rows);
    setBusy(false);
    if (!sent.ok && !isUnknown(sent.status)) return setTrouble(`Nothing is written. ${sent.why}`);
    // What it would make by now: nothing, if it was written.
    await ask(file, kind, read?.columns ?? null);
    if (!sent.ok) return setTrouble((why) => `${UNKNOWN} ${why}`.trim());
    const { created, changed } = sent.body;
    setSaid(`Written: ${created} new, ${changed} changed.`);
  };
  return (
    <>
      <p>
        A CSV in UTF-8 whose first line names its columns. Nothing is written before you confirm it. What the file does
        not say, by a missing column or an empty cell, stays as it stands; an import erases nothing.
      </p>
      <div class="tw-stretch">
        <label>
          What it lists{' '}
          <select
            value={kind}
            onChange={({ currentTarget }) => {
              const next = currentTarget.value as FileKind;
              setKind(next);
              void ask(file, next, null);
            }}
          >
            {FILE_KINDS.map((one) => (
              <option key={one} value={one}>
                {FILE_KIND_WORDS[one]}
              </option>
            ))}
          </select>
        </label>
        <FileField
          onFile={(next) => {
            setFile(next);
            void ask(next, kind, null);
          }}
        />
      </div>
      <p role="status">{isBusy ? '…' : said}</p>
      {trouble === '' ? null : (
        <p class="tw-told" role="alert">
          {trouble}
        </p>
      )}
      {read === null ? null : (
        <>
          <ColumnFields read={read} onColumns={(columns) => void ask(file, kind, columns)} />
          {read.columns['id'] === undefined ? (
            <p class="tw-first" role="note">
              Say which column is the {read.fields[0]?.words.toLowerCase()}: without it no row is read.
            </p>
          ) : (
            <Preview read={read} isBusy={isBusy} onWrite={(rows) => void write(rows)} />
          )}
        </>
      )}
    </>
  );
}

const ORDER: readonly FileRow['what'][] = ['refused', 'created', 'changed', 'unchanged'];

function Preview({
  read,
  isBusy,
  onWrite,
}: {
  readonly read: FileRead;
  readonly isBusy: boolean;
  onWrite(rows: readonly FileRow[]): void;
}) {
  const { rows, faults } = read;
  const unread = faults.map(({ line, detail }): FileRow => ({ line, what: 'refused', detail }));
  const all = [...unread, ...rows].sort((a, b) => ORDER.indexOf(a.what) - ORDER.indexOf(b.what) || a.line - b.line);
  const written = rows.filter(({ record }) => record !== undefined);
  const refused = all.filter(({ what }) => what === 'refused').length;
  return (
    <section aria-label="Preview">
      <h2 class="tw-heading">{`Preview: ${countWords(rows, faults.length)}`}</h2>
      {written.length === 0 ? (
        <p>There is nothing to write.</p>
      ) : (
        <p class="tw-row-of-buttons">
          <button type="button" class="tw-button tw-button--main" disabled={isBusy} onClick={() => onWrite(written)}>
            {written.length === 1 ? 'Write 1 record' : `Write ${written.length} records`}
          </button>
          {refused === 0 ? null : <span>{`Without what is refused (${refused}).`}</span>}
        </p>
      )}
      <table class="tw-table">
        <caption>
          {all.length > MAX_SHOWN
            ? `The first ${MAX_SHOWN} of ${all.length} rows, what is refused first`
            : 'What is refused stands first'}
        </caption>
        <thead>
          <tr>
            {['Line', 'Id', 'Becomes', 'What'].map((words) => (
              <th key={words} scope="col">
                {words}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {all.slice(0, MAX_SHOWN).map((row) => (
            <tr key={`${row.line} ${row.id}`}>
              <td>{row.line}</td>
              <td>{row.id ?? '–'}</td>
              <td>{row.what === 'refused' ? <strong>{ROW_WORDS.refused}</strong> : ROW_WORDS[row.what]}</td>
              <td>{rowWords(row, read)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
