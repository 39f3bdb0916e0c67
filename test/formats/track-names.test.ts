/** The kinds of names, times and places that files have, each in many spellings: read, refused, or told; never passed over. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePing } from '../../src/formats/pings/tagwatch-ping.js';
import { readFileOffset, readFileTime } from '../../src/formats/tracks/file-time.js';
import { readTrack, type TrackFormat } from '../../src/formats/tracks/track.js';
import { TrackCut, type TrackItem } from '../../src/formats/tracks/track-item.js';
import { findMeaning, findSmell } from '../../src/formats/tracks/track-names.js';

async function* once(content: string | Uint8Array) {
  yield Buffer.from(content as string);
}

async function read(content: string | Uint8Array, format: TrackFormat = 'csv'): Promise<TrackItem[]> {
  const items: TrackItem[] = [];
  const options = { tag: { tagId: 'T' }, accuracyMetres: 10 };
  for await (const item of readTrack(once(content), { format }, options)) items.push(item);
  return items;
}
const notesOf = (items: readonly TrackItem[]) =>
  items.flatMap((item) => (!item.ok && item.isNote === true ? [item.detail] : []));
const faultsOf = (items: readonly TrackItem[]) =>
  items.flatMap((item) => (!item.ok && item.isNote !== true ? [item.detail] : []));
const pingsOf = (items: readonly TrackItem[]) => items.flatMap((item) => (item.ok ? [item.ping] : []));

const FIVE_PAST_TWO = '2026-11-20T14:05:00.000Z';

describe('date and time in columns of their own', () => {
  it.each([
    ['Date,Time', '2026-11-20,14:05:00'],
    ['Time,Date', '14:05,2026-11-20'],
    ['day,time of day', '2026/11/20,14:05:00.000'],
    ['GPS Date,GPS Time', '20-11-2026,140500.00'],
    ['GPSDateStamp,GPSTimeStamp', '2026:11:20,14:05:00'],
    ['Date UTC,Time UTC', '20261120,2:05 PM'],
    ['fix_date,fix_time', '20.11.2026,14:05:00Z'],
    ['Date (MM/DD/YYYY),Time (UTC)', '11/20/2026,14:05:00'],
    ['Date,Time', '2026-11-20 00:00:00,14:05:00'],
    ['Date,Time', '2026-11-20 00:00:00,1899-12-30 14:05:00'],
    ['Date,Time,UTC offset', '2026-11-20,15:05:00,+01:00'],
    ['Local date,Local time,tz', '2026-11-20,09:05:00,-0500'],
    ['Date,Time,utc_offset_minutes', '2026-11-20,15:05:00,60'],
    ['Date,Time,TimeZone', '2026-11-20,15:05:00,UTC+1'],
    ['timestamp (UTC),timezone', '2026-11-20 14:05:00,Europe/London'],
    ['timestamp,tz_offset', '2026-11-20 15:05:00,1'],
    ['timestamp,tz', '2026-11-20T14:05:00Z,BST'],
  ])('%s: %s', async (header, row) => {
    const items = await read(`${header},lat,lon\n${row},51,1\n`);
    expect(
      pingsOf(items).map(({ fixedAt }) => fixedAt),
      JSON.stringify(items),
    ).toEqual([FIVE_PAST_TWO]);
  });

  it.each([
    ['Date', '2026-11-20', /"Date" "2026-11-20".*date alone/],
    ['Time', '14:05:00', /"Time" "14:05:00".*time of day alone/],
    ['Date,Time', '05/11/2026,14:05:00', /"Time" "14:05:00", "Date" "05\/11\/2026".*month cannot be told/],
    ['timestamp', '05/11/2026 14:05', /month cannot be told apart/],
    ['Date,Time,tz', '2026-11-20,15:05:00,IST', /"tz" "IST" is no offset/],
    ['Date,Time,tz', '2026-11-20,15:05:00,', /"tz" "" is no offset/],
    ['Local time', '2026-11-20 15:05:00', /is local time/],
    ['Date,Time', '2026-02-30,14:05:00', /no date|cannot be read/],
  ])('%s: %s is refused with the columns named', async (header, row, told) => {
    const items = await read(`${header},lat,lon\n${row},51,1\n`);
    expect(pingsOf(items)).toEqual([]);
    expect(faultsOf(items)).toEqual([expect.stringMatching(told)]);
  });

  it('reads what it is written from, in every spelling', () => {
    const two = (value: number) => String(value).padStart(2, '0');
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
        fc.integer({ min: -56, max: 56 }),
        fc.nat(7),
        (date, quarters, shape) => {
          const ms = Math.floor(date.getTime() / 1_000) * 1_000;
          const offsetMs = quarters * 900_000;
          const local = new Date(ms + offsetMs);
          const [day, clock] = local.toISOString().slice(0, 19).split('T') as [string, string];
          const [year, month, dayOfMonth] = day.split('-') as [string, string, string];
          const sign = quarters < 0 ? '-' : '+';
          const minutes = Math.abs(quarters) * 15;
          const hhmm = [two(Math.floor(minutes / 60)), two(minutes % 60)];
          const name = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][
            Number(month) - 1
          ];
          const text = [
            `${day}T${clock}${sign}${hhmm.join(':')}`,
            `${day} ${clock} ${sign}${hhmm.join('')}`,
            `${year}/${month}/${dayOfMonth} ${clock} UTC${sign}${hhmm.join(':')}`,
            `${year}${month}${dayOfMonth}T${clock.replaceAll(':', '')}${sign}${hhmm.join('')}`,
            `${dayOfMonth}.${month}.${year} ${clock}${sign}${hhmm.join(':')}`,
            `${Number(dayOfMonth)} ${name} ${year} ${clock} ${sign}${hhmm.join('')}`,
            `${name} ${Number(dayOfMonth)}, ${year} ${clock} ${sign}${hhmm.join('')}`,
            `${year}:${month}:${dayOfMonth} ${clock}${sign}${hhmm.join(':')}`,
          ][shape]!;
          expect(readFileTime(text), text).toEqual({ kind: 'instant', ms });
          expect(readFileOffset(`${sign}${hhmm.join('')}`)).toBe(offsetMs + 0);
        },
      ),
    );
  });
});

describe('coordinates', () => {
  it.each([
    ['lat,N/S,lon,E/W', '53.4084,N,2.9916,W', 53.4084, -2.9916],
    ['lat,lat_ref,lon,lon_ref', '53.4084,S,2.9916,E', -53.4084, 2.9916],
    ['GPSLatitude,GPSLatitudeRef,GPSLongitude,GPSLongitudeRef', '53.4084,North,2.9916,West', 53.4084, -2.9916],
    ['Latitude,Latitude Hemisphere,Longitude,Longitude Hemisphere', '-53.4084,S,-2.9916,W', -53.4084, -2.9916],
    ['lat,Hemisphere,lon,EW', '53.4084,n,2.9916,w', 53.4084, -2.9916],
    ['lat,lon', '53.4084 N,2.9916 W', 53.4084, -2.9916],
    ['lat,lon', 'N53.4084,W 2.9916', 53.4084, -2.9916],
    ['lat,lon', '53°24\'30.24"N,2 59.496 W', 53.4084, -2.9916],
    ['lat,lon', "53 deg 24' 30.24\" N,-2°59.496'", 53.4084, -2.9916],
  ])('%s: %s', async (header, row, latitude, longitude) => {
    const [ping] = pingsOf(await read(`time,${header}\n2026-11-20T14:05:00Z,${row}\n`));
    expect(ping?.latitude).toBeCloseTo(latitude, 8);
    expect(ping?.longitude).toBeCloseTo(longitude, 8);
  });

  it.each([
    ['lat,N/S,lon,E/W', '53.4,,2.9,W', /"N\/S" is ""/],
    ['lat,N/S,lon,E/W', '53.4,W,2.9,W', /"N\/S".*N or S/],
    ['lat,N/S,lon,E/W', '-53.4,N,2.9,W', /negative/],
    ['lat,N/S,lon,E/W', '53.4 S,N,2.9,W', /contradict/],
    ['lat,lon', '53.4 W,2.9 N', /other axis/],
    ['lat,lon', '53 61 0 N,2.9 E', /not a number/],
    ['lat,lon,datum', '53.4,2.9,OSGB36', /"datum" is "OSGB36".*WGS84/],
    ['lat,lon,srid', '53.4,2.9,27700', /"srid".*WGS84/],
  ])('%s: %s is refused', async (header, row, told) => {
    const items = await read(`time,${header}\n2026-11-20T14:05:00Z,${row}\n`);
    expect([pingsOf(items), faultsOf(items)]).toEqual([[], [expect.stringMatching(told)]]);
  });
});

describe('accuracy and fix', () => {
  it.each<[string, string, number]>([
    ['Horizontal Accuracy (m)', '850', 850],
    ['hAcc', '12', 12],
    ['h_acc_mm', '8500', 8.5],
    ['accuracy (ft)', '100', 30.48],
    ['gps accuracy', '4.5 m', 4.5],
    ['horizontal_accuracy', '9', 9],
    ['accuracy_horizontal', '9', 9],
    ['Location accuracy in metres', '9', 9],
    ['estimated horizontal error', '9', 9],
    ['position error (m)', '9', 9],
    ['uncertainty_m', '9', 9],
    ['accuracyRadius', '9', 9],
    ['EPH', '9', 9],
  ])('%s %s', async (name, value, metres) => {
    const items = await read(`time,lat,lon,${name}\n2026-11-20T14:05:00Z,51,1,${value}\n`);
    expect(items).toMatchObject([{ ok: true, ping: { accuracyMetres: metres } }]);
  });

  it.each([
    'hdop',
    'HDOP',
    'pdop',
    'accuracy (%)',
    'vAcc',
    'verticalAccuracy',
    'acc_class',
    'validated_by',
    'fix_age',
    'tz_name',
    'old_datum_x',
  ])('what is not known and smells of it is told: %s', async (name) => {
    expect(findMeaning(name)).toBeNull();
    expect(notesOf(await read(`time,lat,lon,${name}\n2026-11-20T14:05:00Z,51,1,3\n`))).toEqual([
      expect.stringContaining(`"${name}" is not read`),
    ]);
  });

  it('the same name twice is told, and what every file has is not', async () => {
    const twice = await read('time,lat,lon,Note,note\n2026-11-20T14:05:00Z,51,1,a,b\n');
    expect(notesOf(twice)).toEqual([expect.stringMatching(/"note" stands there twice/)]);
    for (const name of ['name', 'speed', 'acceleration_x', 'account', 'prefix', 'id', 'battery'])
      expect(findSmell(name), name).toBeNull();
  });

  it.each([
    ['valid', 'false', 'true'],
    ['Valid', '0', '1'],
    ['fix', 'none', '3d'],
    ['fix_quality', '0', '2'],
    ['fixType', '1', '3'],
    ['gps_status', 'V', 'A'],
    ['has_fix', 'No', 'Yes'],
    ['outdated', 'true', 'false'],
    ['satellites', '0', '7'],
  ])('%s: %s is no fix, %s is one', async (name, no, yes) => {
    const items = await read(
      `time,lat,lon,${name}\n2026-11-20T14:05:00Z,51,1,${no}\n2026-11-20T14:06:00Z,51,1,${yes}\n`,
    );
    expect(pingsOf(items).map(({ latitude }) => latitude)).toEqual([undefined, 51]);
    expect(notesOf(items)).toEqual([expect.stringMatching(/^No fix/)]);
    for (const ping of pingsOf(items)) expect(parsePing(ping, Date.UTC(2026, 10, 27)).ok).toBe(true);
  });

  it('device events survive a position that cannot be used', async () => {
    const items = await read('time,lat,lon,datum,deviceEvents\n2026-11-20T14:05:00Z,51,1,OSGB36,strap-tamper\n');
    expect(pingsOf(items)).toEqual([{ tagId: 'T', fixedAt: FIVE_PAST_TWO, deviceEvents: ['strap-tamper'] }]);
    expect(notesOf(items)).toEqual([expect.stringMatching(/OSGB36.*events are kept/)]);
  });
});

describe('whole files', () => {
  const ROWS = 'time,lat,lon\n2026-11-20T14:05:00Z,51,1\n';
  it.each<[string, Uint8Array]>([
    ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${ROWS}`)],
    ['UTF-16 with a byte order mark', Buffer.from(`\ufeff${ROWS}`, 'utf16le')],
    ['UTF-16 without one', Buffer.from(ROWS, 'utf16le')],
    ['UTF-16, the high byte first', Buffer.from(`\ufeff${ROWS}`, 'utf16le').swap16()],
  ])('%s is read', async (_name, bytes) => {
    expect(pingsOf(await read(bytes))).toHaveLength(1);
  });

  const feature = (time: string) =>
    `{"type":"Feature","properties":{"time":"${time}"},"geometry":{"type":"Point","coordinates":[1,51]}}`;
  it.each<[TrackFormat, string]>([
    ['geojson', `{"type":"FeatureCollection","features":[${feature('2026-11-20T14:05:00Z')},{"type":"Fea`],
    ['gpx', '<gpx><trk><trkseg><trkpt lat="51" lon="1"><time>2026-11-20T14:05:00Z</time></trkpt><trkpt lat="5'],
    [
      'gpx',
      '<gpx><trk><trkseg><trkpt lat="51" lon="1"><time>2026-11-20T14:05:00Z</time></trkpt><trkpt lat="5" lon="2"></trk></gpx>',
    ],
    [
      'kml',
      '<kml><Placemark><Track><when>2026-11-20T14:05:00Z</when><coord>1 51</coord></Track></Placemark><Placemark><Track><when>2026',
    ],
  ])('%s that is cut gives what is whole, and then the cut', async (format, text) => {
    const items: TrackItem[] = [];
    const options = { tag: { tagId: 'T' }, accuracyMetres: 10 };
    const reading = async () => {
      for await (const item of readTrack(once(text), { format }, options)) items.push(item);
    };
    await expect(reading()).rejects.toBeInstanceOf(TrackCut);
    expect(pingsOf(items)).toHaveLength(1);
  });

  it('one element nested 20,000 deep does not take its siblings with it', async () => {
    const deep = `{"type":"Feature","properties":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}},"geometry":null}`;
    const collection = `{"type":"FeatureCollection","features":[${deep},${feature('2026-11-20T14:05:00Z')}]}`;
    expect(await read(collection, 'geojson')).toMatchObject([
      { ok: false, detail: expect.stringMatching(/nested deeper/) },
      { ok: true },
    ]);
    const ping = '{"tagId":"T","fixedAt":"2026-11-20T14:05:00Z"}';
    expect(await read(`${deep}\n${ping}\n`, 'ndjson')).toMatchObject([
      { ok: false, detail: expect.stringMatching(/nested deeper/) },
      { ok: true },
    ]);
  });

  it('another crs is refused wherever it stands, also behind features and in a file that is cut', async () => {
    const crs = '"crs":{"type":"name","properties":{"name":"EPSG:27700"}}';
    const one = feature('2026-11-20T14:05:00Z');
    for (const text of [
      `{"type":"FeatureCollection",${crs},"features":[${one}]}`,
      `{"type":"FeatureCollection","features":[${one}],${crs}}`,
      `{"type":"FeatureCollection",${crs},"features":[${one},{"ty`,
      `{${crs},${one.slice(1)}`,
    ]) {
      const reading = read(text, 'geojson');
      await expect(reading).rejects.toThrow(/EPSG:27700.*WGS84/);
      await expect(reading).rejects.not.toBeInstanceOf(TrackCut);
    }
    const fine = `{"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"type":"FeatureCollection","features":[${one}]}`;
    expect(pingsOf(await read(fine, 'geojson'))).toHaveLength(1);
  });

  it('a GPX segment of which no point has a time is told once, and a file of nothing else is refused', async () => {
    const planned = `<trkseg>${'<trkpt lat="51" lon="1"/>'.repeat(50)}</trkseg>`;
    const walked = '<trkseg><trkpt lat="51" lon="1"><time>2026-11-20T14:05:00Z</time></trkpt></trkseg>';
    const items = await read(`<gpx><trk>${planned}${walked}</trk></gpx>`, 'gpx');
    expect(items).toMatchObject([
      { isNote: true, detail: expect.stringMatching(/None of its 50 points/) },
      { ok: true },
    ]);
    await expect(read(`<gpx><trk>${planned}</trk></gpx>`, 'gpx')).rejects.toThrow(/no trkpt has a time/);
  });

  it('an array that does not fit its track is told', async () => {
    const text =
      '<kml><Placemark><Track><when>2026-11-20T14:05:00Z</when><coord>1 51</coord><ExtendedData><SchemaData>' +
      '<SimpleArrayData name="accuracy"><value>1</value><value>2</value></SimpleArrayData></SchemaData></ExtendedData></Track></Placemark></kml>';
    expect(notesOf(await read(text, 'kml'))).toEqual([
      expect.stringMatching(/"accuracy" is not read: it has 2 values for 1/),
    ]);
  });
});
