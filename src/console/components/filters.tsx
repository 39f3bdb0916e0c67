/** What of the alerts to show. Every choice stands in the address. */
import { useComputed } from '@preact/signals';
import { book, wearers } from '../live/live.js';
import { type BoardFilter, isNarrowed } from '../model/board-filter.js';
import { boardAddress, go } from '../route.js';
import { KIND_WORDS } from '../words/words.js';
import { manyTold } from './actions.js';

interface SelectProps {
  readonly name: 'group' | 'division' | 'scheme' | 'rag' | 'kind';
  readonly label: string;
  readonly filter: BoardFilter;
  readonly options: readonly (readonly [value: string, words: string])[];
}

function Select({ name, label, filter, options }: SelectProps) {
  const chosen = filter[name];
  // A choice that came with the address stays to be seen, also where nothing has it now.
  const all = chosen === '' || options.some(([value]) => value === chosen) ? options : [...options, [chosen, chosen]];
  return (
    <label class="tw-filter">
      <span class="govuk-visually-hidden">{label}</span>
      <select
        value={chosen}
        data-chosen={chosen !== ''}
        onChange={({ currentTarget }) =>
          go(boardAddress({ ...filter, [name]: currentTarget.value } as BoardFilter), true)
        }
      >
        <option value="">{label}</option>
        {all.map(([value, words]) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

const sorted = (values: Iterable<string>) => [...new Set(values)].sort().map((value) => [value, value] as const);

const GROUPS = [
  ['conditions', 'Zones and curfews'],
  ['devices', 'Device health'],
] as const;
const RAGS = [
  ['red', 'RAG red'],
  ['amber', 'RAG amber'],
  ['green', 'RAG green'],
  ['blue', 'RAG blue (in custody)'],
] as const;

export function Filters({ filter }: { readonly filter: BoardFilter }) {
  const divisions = useComputed(() => sorted([...wearers.value.values()].flatMap(({ division }) => division ?? [])));
  const schemes = useComputed(() => sorted([...wearers.value.values()].flatMap((wearer) => wearer.schemes ?? [])));
  const kinds = [...new Set([...book.value.alerts.values()].map(({ kind }) => kind))]
    .map((kind) => [kind, KIND_WORDS[kind]] as const)
    .sort(([, a], [, b]) => (a < b ? -1 : 1));
  return (
    <section class="tw-filters" aria-label="Filters">
      <Select name="group" label="All alerts" filter={filter} options={GROUPS} />
      <Select name="kind" label="Any kind" filter={filter} options={kinds} />
      <Select name="division" label="Any division" filter={filter} options={divisions.value} />
      {schemes.value.length === 0 ? null : (
        <Select name="scheme" label="Any scheme" filter={filter} options={schemes.value} />
      )}
      <Select name="rag" label="Any RAG" filter={filter} options={RAGS} />
      {isNarrowed(filter) ? (
        <button
          type="button"
          class="tw-link-button"
          onClick={() =>
            go(boardAddress({ tab: filter.tab, group: '', division: '', scheme: '', rag: '', kind: '' }), true)
          }
        >
          Clear
        </button>
      ) : null}
      {manyTold.value === null ? null : (
        <span class="tw-many-told" role="status">
          {manyTold.value}{' '}
          <button
            type="button"
            class="tw-link-button"
            onClick={() => {
              manyTold.value = null;
            }}
          >
            Read
          </button>
        </span>
      )}
    </section>
  );
}
