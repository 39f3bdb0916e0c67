/** The zone in the editor's form, and what the server says of it while it is drawn: the same that it would say when it is put in force. */
import { useEffect, useState } from 'preact/hooks';
import { readPlaces, toDraft, toZoneBody, type ZoneDraft } from '../model/zone-draft.js';
import type { Sent } from '../send.js';
import { type ReadZones, readZones, type ZoneFinding } from '../zones-api.js';

/** After the last stroke. */
const CHECK_AFTER_MS = 300;

interface Props {
  readonly draft: ZoneDraft;
  readonly isNew: boolean;
  readonly onChange: (draft: ZoneDraft) => void;
}

export function ZoneFields({ draft, isNew, onChange }: Props) {
  const change = (more: Partial<ZoneDraft>) => onChange({ ...draft, ...more });
  return (
    <fieldset class="tw-zones__fields">
      <legend>Zone</legend>
      <label>
        Name{' '}
        <input
          value={draft.name}
          required
          maxLength={200}
          onInput={(event) => change({ name: event.currentTarget.value })}
        />
      </label>
      <label>
        Id{' '}
        <input
          value={draft.zoneId}
          required
          readOnly={!isNew}
          pattern="[A-Za-z0-9._\-]{1,64}"
          onInput={(event) => change({ zoneId: event.currentTarget.value })}
        />
      </label>
      <label>
        Priority{' '}
        <select
          value={draft.priority}
          onChange={(event) => change({ priority: event.currentTarget.value as ZoneDraft['priority'] })}
        >
          <option value="standard">Standard</option>
          <option value="high">High</option>
          <option value="victim">A victim’s: one fix is enough</option>
        </select>
      </label>
      <label>
        Shape{' '}
        <select
          value={draft.shape}
          onChange={(event) => change({ shape: event.currentTarget.value as ZoneDraft['shape'] })}
        >
          <option value="polygon">Corners</option>
          <option value="circle">Circle</option>
        </select>
      </label>
      {draft.shape === 'circle' ? (
        <label>
          Radius, metres{' '}
          <input
            type="number"
            min={1}
            value={draft.radiusMetres}
            onInput={(event) => change({ radiusMetres: event.currentTarget.value })}
          />
        </label>
      ) : null}
      <label>
        Warning ring (buffer), metres{' '}
        <input
          type="number"
          min={0}
          value={draft.bufferMetres}
          onInput={(event) => change({ bufferMetres: event.currentTarget.value })}
        />
      </label>
      <label>
        {draft.shape === 'circle' ? 'Centre: latitude, longitude' : 'Corners: latitude, longitude, one a line'}
        <textarea
          rows={draft.shape === 'circle' ? 2 : 7}
          value={draft.places}
          aria-describedby="places-help"
          onInput={(event) => change({ places: event.currentTarget.value })}
        />
      </label>
      <p id="places-help" class="tw-zones__quiet">
        {draft.shape === 'circle' ? 'As in 51.2787, 1.0803.' : 'An empty line begins a hole; --- begins another part.'}
      </p>
      <Checked draft={draft} />
      <FromFile draft={draft} onChange={onChange} />
      <label>
        In force from (local time; empty: at once){' '}
        <input
          type="datetime-local"
          value={draft.effectiveAt}
          onInput={(event) => change({ effectiveAt: event.currentTarget.value })}
        />
      </label>
    </fieldset>
  );
}

const squareMetreWords = (squareMetres: number): string =>
  squareMetres < 100_000 ? `${Math.round(squareMetres)} m²` : `${(squareMetres / 1e6).toFixed(2)} km²`;

function Checked({ draft }: { readonly draft: ZoneDraft }) {
  const [told, setTold] = useState<Sent<ReadZones> | null>(null);
  const drawn = draft.places.trim() === '' ? '' : JSON.stringify({ ...toZoneBody(draft), id: draft.zoneId });
  useEffect(() => {
    if (drawn === '') return setTold(null);
    let isWanted = true;
    const timer = setTimeout(() => {
      void readZones('drawn.geojson', new TextEncoder().encode(drawn)).then((answer) => isWanted && setTold(answer));
    }, CHECK_AFTER_MS);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [drawn]);
  const { faults } = readPlaces(draft.places);
  const zone = told?.ok === true ? told.body.zones[0] : undefined;
  const findings: readonly ZoneFinding[] = told?.ok === true ? [...told.body.findings, ...(zone?.findings ?? [])] : [];
  return (
    <div role="status" class="tw-zones__checked">
      {told?.ok === false ? <p class="tw-zones__error">{told.why}</p> : null}
      {zone?.areaSquareMetres === undefined ? null : (
        <p>{`It is a zone of ${squareMetreWords(zone.areaSquareMetres)}.`}</p>
      )}
      <ul class="tw-zones__findings">
        {faults.map(({ line, detail }) => (
          <li key={`line-${line}`} class="tw-zones__error">{`Line ${line} ${detail}.`}</li>
        ))}
        {findings.map(({ severity, detail, position }) => (
          <li key={detail} class={severity === 'error' ? 'tw-zones__error' : ''}>
            {severity === 'error' ? 'Wrong: ' : 'Note: '}
            {detail}
            {position === undefined ? '' : ` At ${position[1]}, ${position[0]}.`}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A file of many zones is read whole, and one of them is taken. */
function FromFile({ draft, onChange }: Omit<Props, 'isNew'>) {
  const [read, setRead] = useState<Sent<ReadZones> | null>(null);
  const choose = async (file: File | undefined): Promise<void> => {
    if (file !== undefined) setRead(await readZones(file.name, new Uint8Array(await file.arrayBuffer())));
  };
  return (
    <details>
      <summary>Read it from a file (GeoJSON, KML, WKT)</summary>
      <label>
        File <input type="file" onChange={(event) => void choose(event.currentTarget.files?.[0])} />
      </label>
      {read === null ? null : read.ok ? (
        <ul class="tw-zones__findings">
          {read.body.findings.map(({ detail }) => (
            <li key={detail}>{detail}</li>
          ))}
          {read.body.zones.map(({ id, zone, findings }, index) => (
            <li key={id ?? index}>
              {zone === undefined ? (
                `${id ?? `Number ${index + 1}`}: ${findings.map(({ detail }) => detail).join(' ')}`
              ) : (
                <button
                  type="button"
                  class="tw-link-button"
                  onClick={() => {
                    const { condition, zoneId, effectiveAt } = draft;
                    onChange({ ...toDraft(zoneId, zone), condition, effectiveAt });
                  }}
                >
                  {`Take ${zone.properties.name ?? id ?? index + 1}`}
                </button>
              )}
            </li>
          ))}
        </ul>
      ) : (
        <p class="tw-zones__error">{read.why}</p>
      )}
    </details>
  );
}
