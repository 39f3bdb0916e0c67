/** `tagwatch crimes match` over a real record: who was there, who cannot have been, of whom nobody can say; what is refused, and the audit. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crimes } from '../../src/cli/crimes.js';
import type { AuditFacts } from '../../src/ports/audit.js';
import { openTestPglite, type TestDatabase } from '../support/database.js';

const NOW_MS = Date.parse('2026-11-28T09:00:00Z');
const FILE = [
  'Kent,BIAD,Burglary,B-1,K/1,20261120190000,20261120200000,,,51.2800,1.0800,WGS84,',
  'Kent,RB,Robbery,B-1,K/2,20261120190000,20261120180000,,,51.2800,1.0800,WGS84,',
  'Kent,TFP,Theft,B-1,K/3,20261125190000,20261125200000,,,51.2800,1.0800,WGS84,',
].join('\n');
/** Every minute from 18:30 to 20:30 of a day, so far north of the scene; W-1 stands there from 19:20 to 19:30. */
const TRACKS = `
  insert into ping (tag_id, fixed_at, identity, received_at, position, accuracy_metres, mechanism, fitted, log_partition, log_offset, log_place)
  select tag, at, tag || at, at, st_setsrid(st_makepoint(1.08, 51.28 + north / 111200.0), 4326), 10, 'GPS', 'fitted', 0, 0, 0
  from generate_series('2026-11-20 18:30+00'::timestamptz, '2026-11-20 20:30+00', '1 minute') as at
    cross join lateral (values ('T-1', case when at between '2026-11-20 19:20+00' and '2026-11-20 19:30+00' then 15 else 4000 end), ('T-2', 4000)) as w (tag, north)`;

describe('tagwatch crimes match', () => {
  let database: TestDatabase;
  const folder = mkdtempSync(join(tmpdir(), 'tagwatch-crimes-'));
  const file = join(folder, 'crimes.csv');
  beforeAll(async () => {
    database = await openTestPglite();
    await database.db.execute(`
      insert into tag_model (model_id, name, accuracy_convention, interval_seconds, version, recorded_at) values ('M-1', 'M', 'r95', 60, 1, now());
      insert into wearer (wearer_id, name, version, recorded_at) values ('W-1', 'One', 1, now()), ('W-2', 'Two', 1, now()), ('W-3', 'Three', 1, now());
      insert into tag (tag_id, model_id, version, recorded_at) values ('T-1', 'M-1', 1, now()), ('T-2', 'M-1', 1, now()), ('T-3', 'M-1', 1, now());
      insert into activation (activation_id, tag_id, wearer_id, fitted_at, version, recorded_at) values
        ('A-1', 'T-1', 'W-1', '2026-11-01', 1, now()), ('A-2', 'T-2', 'W-2', '2026-11-01', 1, now()), ('A-3', 'T-3', 'W-3', '2026-11-01', 1, now());`);
    await database.db.execute(TRACKS);
    writeFileSync(file, FILE);
  });
  afterAll(async () => {
    await database?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const call = async (...argv: string[]) => {
    const told: { out: string[]; err: string[]; audited: AuditFacts[] } = { out: [], err: [], audited: [] };
    const { db } = database;
    const code = await crimes(argv, {
      openDatabase: () => ({
        ...db,
        query: db.query.bind(db),
        transaction: db.transaction.bind(db),
        close: async () => {},
      }),
      audit: async (facts) => void told.audited.push(facts),
      nowMs: () => NOW_MS,
      user: 'ds.price',
      version: 'test',
      out: (line) => void told.out.push(line),
      err: (line) => void told.err.push(line),
    });
    return { code, ...told };
  };
  const authority = ['--authority', 'A/77', '--authority-until', '2026-12-31T00:00:00Z', '--purpose', 'Operation Elm'];

  it('says who was there, who cannot have been, and of whom nobody can say; bad rows by line; every run in the audit first', async () => {
    const result = join(folder, 'result.json');
    const { code, out, err, audited } = await call('match', file, ...authority, '--out', result);
    expect(code).toBe(1);
    expect(err).toEqual([`${file}:2: its to is before its from`]);
    expect(out).toEqual([
      'Kent K/1: 1 eliminated, 1 cannot say, W-1 PRESENT (there at that hour on 0 of 0 days before)',
      'Kent K/3: 0 eliminated, 3 cannot say, nobody seen there',
      `${result}: 2 crimes, 3 wearers examined, 1 rows could not be used.`,
    ]);
    const run = JSON.parse(readFileSync(result, 'utf8'));
    expect(run).toMatchObject({ by: 'ds.price', authority: { reference: 'A/77' }, options: { radiusMetres: 100 } });
    expect(run.results[0]).toMatchObject({
      crime: { reference: 'K/1', version: 1 },
      matches: [{ wearerId: 'W-1', outcome: 'PRESENT', dwellMs: 600_000, atRadius: { 50: 'PRESENT', 200: 'PRESENT' } }],
      cannotSay: ['W-3'],
    });
    expect(audited).toMatchObject([
      { act: 'disclosure', subjectType: 'crime-matching', subjectId: run.runId, wearerIds: ['W-1'], rowCount: 2 },
    ]);
    await expect(call('match', file, ...authority, '--out', result)).rejects.toThrow('is there already');
  });

  describe('whoever is judged by the engine is matched, and by the same fixes', () => {
    /** Of a tag without a model; minutes after 19:00 and metres north of the scene. */
    const outcomeOf = async (wearerId: string, fixes: readonly (readonly [minute: number, north: number])[]) => {
      const { db } = database;
      await db.execute(`
        insert into wearer (wearer_id, name, version, recorded_at) values ('${wearerId}', 'N', 1, now());
        insert into tag (tag_id, version, recorded_at) values ('T-${wearerId}', 1, now());
        insert into activation (activation_id, tag_id, wearer_id, fitted_at, version, recorded_at)
        values ('A-${wearerId}', 'T-${wearerId}', '${wearerId}', '2026-11-01', 1, now());`);
      for (const [minute, north] of fixes)
        await db.query(
          `insert into ping (tag_id, fixed_at, identity, received_at, position, accuracy_metres, mechanism, fitted, log_partition, log_offset, log_place)
           values ($1, $2, 'i', $2, st_setsrid(st_makepoint(1.08, 51.28 + $3 / 111200.0), 4326), 10, 'GPS', 'fitted', 0, 0, 0)`,
          [`T-${wearerId}`, new Date(Date.parse('2026-11-20T19:00:00Z') + minute * 60_000), north],
        );
      const result = join(folder, `${wearerId}.json`);
      await call('match', file, ...authority, '--out', result);
      const [{ matches, cannotSay }] = JSON.parse(readFileSync(result, 'utf8')).results;
      if (cannotSay.includes(wearerId)) return 'CANNOT SAY';
      return matches.find((match: { wearerId: string }) => match.wearerId === wearerId)?.outcome ?? 'ELIMINATED';
    };
    const every = (step: number, north: (minute: number) => number) =>
      Array.from({ length: 120 / step + 1 }, (_, nth) => [nth * step - 30, north(nth * step - 30)] as const);

    it('a tag without a model', async () => {
      expect(
        await outcomeOf(
          'W-no-model',
          every(1, (minute) => (minute >= 20 && minute <= 30 ? 15 : 4_000)),
        ),
      ).toBe('PRESENT');
    });

    it('a jump away eliminates nobody, and one to the scene brings nobody there', async () => {
      expect(
        await outcomeOf(
          'W-near',
          every(20, () => 4_000),
        ),
      ).toBe('CANNOT SAY');
      const away = [...every(20, () => 4_000)];
      away.splice(3, 0, [20, 60_000]);
      expect(await outcomeOf('W-jump', away)).toBe('CANNOT SAY');
      const jumps = every(1, (minute) => (minute === 20 ? 10 : 60_000));
      expect(await outcomeOf('W-there', jumps)).toBe('ELIMINATED');
    });
  });

  it('matches nobody where the audit takes no entry', async () => {
    const result = join(folder, 'no.json');
    const { db } = database;
    const run = crimes(['match', file, ...authority, '--out', result], {
      openDatabase: () => ({
        ...db,
        query: db.query.bind(db),
        transaction: db.transaction.bind(db),
        close: async () => {},
      }),
      audit: () => Promise.reject(new Error('the audit is away')),
      nowMs: () => NOW_MS,
      user: 'ds.price',
      version: 'test',
      out: () => {},
      err: () => {},
    });
    await expect(run).rejects.toThrow('the audit is away');
    expect(() => readFileSync(result)).toThrow('ENOENT');
  });

  it.each([
    [[], /"match" and one file/],
    [['match', 'f'], /by an authority/],
    [['match', 'f', '--authority', 'A', '--authority-until', 'soon', '--purpose', 'p'], /is an instant/],
    [['match', 'f', '--authority', 'A', '--authority-until', '2026-11-28T08:59:59Z', '--purpose', 'p'], /ran out/],
    [['match', 'f', ...authority, '--radius', '1'], /10 to 5000/],
    [['match', 'f', ...authority, '--fastest', '1000'], /5 to 100/],
  ])('is not called by %j', async (argv, why) => {
    const { code, err } = await call(...argv);
    expect(code).toBe(2);
    expect(err[0]).toMatch(why);
  });
});
