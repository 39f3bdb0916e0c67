/** A cohort as the lines of an import: of each wearer fourteen records, with five zones and a condition for each of them. */

const SINCE = '2026-01-01T00:00:00Z';
const VERTICES = 60;
const ZONES_EACH = 5;
export const RECORDS_EACH = 4 + 2 * ZONES_EACH;
/** Wearers live on a grid so fine that their zones overlap those of their neighbours only. */
const COLUMNS = 120;
const STEP_DEGREES = 0.01;

/** An uneven ring of 60 vertices about a place. */
function ringAbout(longitude: number, latitude: number): number[][] {
  const corners = Array.from({ length: VERTICES }, (_, n) => {
    const angle = (2 * Math.PI * n) / VERTICES;
    const radius = 0.002 * (1 + 0.2 * Math.sin(7 * angle));
    return [longitude + radius * Math.cos(angle) * 1.6, latitude + radius * Math.sin(angle)];
  });
  return [...corners, corners[0]!];
}

const CURFEW = {
  timeZone: 'Europe/London',
  windows: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '19:00', to: '07:00' }],
};

function zoneBody(wearer: number, n: number): object {
  const longitude = -1 + (wearer % COLUMNS) * STEP_DEGREES + n * 0.003;
  const latitude = 51.5 + Math.floor(wearer / COLUMNS) * STEP_DEGREES;
  const name = `Zone ${n} of ${wearer}`;
  if (n === 0) {
    const geometry = { type: 'Point', coordinates: [longitude, latitude] };
    return { type: 'Feature', geometry, properties: { name, radiusMetres: 60 } };
  }
  const geometry = { type: 'Polygon', coordinates: [ringAbout(longitude, latitude)] };
  return { type: 'Feature', geometry, properties: { name, priority: n === 1 ? 'victim' : 'standard' } };
}

/** The first zone is home, with a curfew; the others are kept out of. */
function conditionBody(wearer: number, n: number): object {
  const own = { orderId: `O-${wearer}`, zoneId: `Z-${wearer}-${n}`, startsAt: SINCE };
  return n === 0 ? { ...own, kind: 'curfew', schedule: CURFEW } : { ...own, kind: 'exclusion' };
}

/** Wearer by wearer. */
export function* cohortLines(wearers: number): Generator<string> {
  const line = (kind: string, id: string, body: object) => `${JSON.stringify({ kind, id, body })}\n`;
  for (let wearer = 0; wearer < wearers; wearer++) {
    yield line('wearer', `W-${wearer}`, { name: `Wearer ${wearer}` });
    yield line('tag', `T-${wearer}`, {});
    yield line('activation', `A-${wearer}`, { tagId: `T-${wearer}`, wearerId: `W-${wearer}`, fittedAt: SINCE });
    yield line('order', `O-${wearer}`, { wearerId: `W-${wearer}`, type: 'hdc', startsAt: SINCE });
    for (let n = 0; n < ZONES_EACH; n++) yield line('zone', `Z-${wearer}-${n}`, zoneBody(wearer, n));
    for (let n = 0; n < ZONES_EACH; n++) yield line('condition', `C-${wearer}-${n}`, conditionBody(wearer, n));
  }
}
