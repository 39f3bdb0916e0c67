/** The tables by which alerts are judged: that they are others stands in the audit, with what changed, once, before they are used. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApp } from '../../src/http/app.js';
import { registerAudit } from '../../src/http/routes/audit/register.js';
import type { Auditing } from '../../src/roles/auditing/auditing.js';
import { parseAlertRules } from '../../src/start/alert-rules-file.js';
import { recordAlertRules } from '../../src/start/recorded-alert-rules.js';
import { AS, testAccess } from '../support/access.js';
import { openTestLog, type TestLog } from '../support/embedded-log.js';
import { createRememberingLog, silentLog } from '../support/silent-log.js';
import { openTestAudit, readAudit } from '../support/test-audit.js';

let opened: TestLog;
let audit: Auditing;
let dataDir: string;
const logger = createRememberingLog();
beforeEach(async () => {
  opened = await openTestLog();
  audit = await openTestAudit(opened.log);
  dataDir = join(mkdtempSync(join(tmpdir(), 'tagwatch-test-')), 'made-when-needed');
});
afterEach(async () => {
  await audit.stop();
  await opened.dispose();
  rmSync(dataDir, { recursive: true, force: true });
});

const start = (rules: object, by: Pick<Auditing, 'keep'> = audit) =>
  recordAlertRules({
    rules: parseAlertRules(JSON.stringify(rules)),
    dataDir,
    audit: by,
    clock: { nowMs: () => Date.UTC(2026, 10, 22, 18) },
    logger,
  });
const changesTold = async () => (await readAudit(opened.log)).map(({ changed }) => changed);

test('each change once, with what it was and what it is, by which host and when; the first start tells what is in force', async () => {
  await start({});
  await start({});
  expect(await changesTold()).toEqual([[]]);
  const severity = { kinds: { curfew: 'high', exclusion: { standard: 'medium' } } };
  await start({ severity });
  await start({ severity });
  const steps = [{ afterSeconds: 60, to: 'sergeant' }];
  const changed = { severity: { kinds: { curfew: 'low' } }, priority: { rag: { red: 2 } }, escalation: { low: steps } };
  await start(changed);
  const [, first, second, ...more] = await readAudit(opened.log);
  const { severityTableId } = parseAlertRules(JSON.stringify({ severity }));
  expect(first).toMatchObject({
    what: 'alert-rules',
    act: 'alteration',
    when: '2026-11-22T18:00:00.000Z',
    who: `configuration#${hostname()}`,
    subjectType: 'severity-table',
    subjectId: severityTableId,
    outcome: 'done',
    changed: [
      { place: '/severity/kinds/curfew', before: null, after: 'high' },
      { place: '/severity/kinds/exclusion/standard', before: null, after: 'medium' },
      { place: '/severityTableId', before: null, after: severityTableId },
    ],
  });
  const now = parseAlertRules(JSON.stringify(changed));
  expect(second!.changed).toEqual([
    {
      place: '/escalation/low',
      before: '[{"afterSeconds":86400,"to":"sergeant"}]',
      after: JSON.stringify(steps),
    },
    { place: '/priority/rag/red', before: '1', after: '2' },
    { place: '/priorityTableId', before: null, after: now.priorityTableId },
    { place: '/severity/kinds/curfew', before: 'high', after: 'low' },
    { place: '/severity/kinds/exclusion/standard', before: 'medium', after: null },
    { place: '/severityTableId', before: severityTableId, after: now.severityTableId },
  ]);
  expect(more).toEqual([]);
  // As the auditor reads it.
  const app = await createApp({ log: silentLog, access: testAccess, audit });
  const link = { position: 1, epoch: 'e1', offset: 0, entry: second!, hash: new Uint8Array(32) };
  registerAudit(app, { listAudit: async () => [link], listCheckpoints: async () => [] });
  const answer = await app.inject({ url: '/api/v1/audit?operation=alert-rules', headers: { [AS]: 'auditor' } });
  expect(answer.json().items).toMatchObject([{ what: 'alert-rules', changed: second!.changed }]);
  await app.close();
});

test('what could be put on record nowhere keeps no start from going on, and the next one tells it', async () => {
  const rules = { priority: { rag: { red: 2 } } };
  await start(rules, { keep: () => Promise.reject(new Error('the disk is full')) });
  expect(logger.entries.filter(({ level }) => level === 'error')).toHaveLength(1);
  await start(rules);
  writeFileSync(join(dataDir, 'alert-rules-on-record.json'), '{broken');
  await start(rules);
  const told = await changesTold();
  expect(told.map((changed) => changed?.find(({ place }) => place === '/priority/rag/red')?.before)).toEqual([
    '1',
    null,
  ]);
});

test('a file that is there and cannot be read is no first start: all that holds now is told, and that it cannot be read', async () => {
  mkdirSync(join(dataDir, 'alert-rules-on-record.json'), { recursive: true });
  await start({});
  const [changed] = await changesTold();
  expect(changed).toContainEqual({ place: '/priority/rag/red', before: null, after: '1' });
  const errors = logger.entries.filter(({ level }) => level === 'error').map(({ message }) => message);
  expect(errors).toContain('by which tables alerts were judged before cannot be read');
});
