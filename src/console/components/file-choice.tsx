/** A CSV that is chosen, and which of its columns is which field: guessed, and changed by who knows. */
import type { FileRead } from '../record-files-api.js';

export interface ChosenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export function FileField({ onFile }: { onFile(file: ChosenFile | null): void }) {
  const choose = async (chosen: File | undefined) =>
    onFile(chosen === undefined ? null : { name: chosen.name, bytes: new Uint8Array(await chosen.arrayBuffer()) });
  return (
    <label>
      File{' '}
      <input
        type="file"
        accept=".csv,text/csv,text/plain"
        onChange={({ currentTarget }) => void choose(currentTarget.files?.[0])}
      />
    </label>
  );
}

type Columns = FileRead['columns'];

export function ColumnFields({
  read,
  onColumns,
}: {
  readonly read: Pick<FileRead, 'titles' | 'fields' | 'columns'>;
  onColumns(columns: Columns): void;
}) {
  const { titles, fields, columns } = read;
  const change = (name: string, text: string) => {
    const { [name]: _, ...rest } = columns;
    onColumns(text === '' ? rest : { ...rest, [name]: Number(text) });
  };
  return (
    <section aria-label="Columns">
      <h2 class="tw-heading">Columns</h2>
      <div class="tw-import__columns">
        {fields.map(({ name, words }) => (
          <div key={name}>
            <label for={`column-${name}`}>{words}</label>
            <select
              id={`column-${name}`}
              value={columns[name] === undefined ? '' : String(columns[name])}
              onChange={({ currentTarget }) => change(name, currentTarget.value)}
            >
              <option value="">not in the file</option>
              {titles.map((title, place) => (
                <option key={`${place} ${title}`} value={String(place)}>
                  {title === '' ? `column ${place + 1}` : title}
                </option>
              ))}
            </select>
          </div>
        ))}
      </div>
    </section>
  );
}
