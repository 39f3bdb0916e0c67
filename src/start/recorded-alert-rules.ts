/**
 * That the tables by which alerts are severe, climb and are looked at are others than at the last start: on record in the audit before
 * anything is judged by them. What they were stands in a file of the data folder, so each process tells of its own.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { AuditFacts, AuditTrail } from '../ports/audit.js';
import type { Clock } from '../ports/clock.js';
import type { Log } from '../ports/log.js';
import { type AlertRules, DEFAULT_ALERT_RULES } from './alert-rules-file.js';

const FILE = 'alert-rules-on-record.json';
/** Nothing is judged before: so long may the audit take, ms. */
const PATIENCE_MS = 5_000;

/**
 * Alerts go on where it can be kept nowhere: then it is told at the next start. At the first start on a folder what is built in counts as
 * before, and it is told that it is in force also where nothing else is.
 */
export async function recordAlertRules(deps: {
  readonly rules: AlertRules;
  readonly dataDir: string;
  readonly audit: Pick<AuditTrail, 'keep'>;
  readonly clock: Clock;
  readonly logger: Log;
}): Promise<void> {
  const { rules, dataDir, audit, clock, logger } = deps;
  const path = join(dataDir, FILE);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    // It is there: it was no first start, and what was in force is not known.
    logger.error({ err: error, path }, 'by which tables alerts were judged before cannot be read');
    return '';
  });
  const before = text === null ? DEFAULT_ALERT_RULES : parse(text);
  const changed = listChanges(before, rules);
  if (text !== null && changed.length === 0) return;
  const when = new Date(clock.nowMs()).toISOString();
  const facts: AuditFacts = {
    what: 'alert-rules',
    act: 'alteration',
    when,
    who: `configuration#${hostname()}`,
    subjectType: 'severity-table',
    subjectId: rules.severityTableId ?? 'built-in',
    outcome: 'done',
    changed,
    operationId: 'tagwatch start',
    correlationId: `start-${when}`,
  };
  try {
    await Promise.race([
      audit.keep(facts),
      delay(PATIENCE_MS, undefined, { ref: false }).then(() => {
        throw new Error(`the audit took no entry within ${PATIENCE_MS} ms`);
      }),
    ]);
    await mkdir(dataDir, { recursive: true });
    await writeFile(`${path}.new`, JSON.stringify(rules));
    await rename(`${path}.new`, path);
  } catch (error) {
    logger.error(
      { err: error, changed },
      'by which tables alerts are judged is not on record; the next start tries again',
    );
  }
}

/** What cannot be read says nothing: all of what holds now is told. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** By place, a JSON pointer; a list is one text. */
function listChanges(before: unknown, after: unknown): NonNullable<AuditFacts['changed']> {
  const [then, now] = [textsByPlace(before), textsByPlace(after)];
  return [...new Set([...then.keys(), ...now.keys()])]
    .sort()
    .map((place) => ({ place, before: then.get(place) ?? null, after: now.get(place) ?? null }))
    .filter((one) => one.before !== one.after);
}

function textsByPlace(value: unknown, place = ''): Map<string, string> {
  if (value === null || value === undefined) return new Map();
  if (typeof value !== 'object' || Array.isArray(value))
    return new Map([[place, typeof value === 'string' ? value : JSON.stringify(value)]]);
  return new Map(Object.entries(value).flatMap(([name, one]) => [...textsByPlace(one, `${place}/${name}`)]));
}
