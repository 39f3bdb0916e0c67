/** `tagwatch evidence make`. */

import { randomUUID } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { buildPack } from '../evidence/build-pack.js';
import { gatherPack } from '../evidence/gather.js';
import { deletedLimits } from '../evidence/limits.js';
import { toPackModel } from '../evidence/measure-track.js';
import { createStamping } from '../evidence/time-stamp/ask-authority.js';
import { parseInstant } from '../formats/instant.js';
import { readSigningKey } from '../signing-key.js';
import { holdPack } from '../store/packs.js';
import { DEFAULT_MARKING, EDITIONS, type Edition, type PackSubject } from '../wire/pack.js';
import { readArguments } from './arguments.js';
import { subjectOfUser } from './command-audit.js';
import type { EvidenceDeps } from './evidence-deps.js';

export const MAKE_HELP = `tagwatch evidence make --alert ALERT-ID --purpose TEXT --recipient TEXT
tagwatch evidence make --wearer WEARER-ID --from INSTANT --to INSTANT --purpose TEXT --recipient TEXT

Makes an evidence pack, signed with the key of TAGWATCH_SIGNING_KEY_FILE ("tagwatch keys make"), from the database of DATABASE_URL,
or the embedded one in TAGWATCH_DATA_DIR (not while tagwatch serve has it open). It stands in the audit first, and without that entry no
pack is made: KAFKA_BROKERS and what goes with it are those of tagwatch serve. So is TAGWATCH_TIME_STAMP_URL: the authority that is asked
(RFC 3161) when the pack was there; where it does not answer, the pack has no time stamp and that is said. What it rests on is under
legal hold from then on.

  --alert ID        an alert; may be given several times, of one wearer
  --wearer ID       all alerts of this wearer raised from --from until --to, and the track over that time, 14 days at most
  --edition NAME    full (default), court, or wearer-safe: no names, places, distances or evidence
  --purpose TEXT    what it is for
  --recipient TEXT  who gets it
  --marking TEXT    protective marking (OFFICIAL-SENSITIVE)
  --out FILE        where to; PACK-ID.zip unless given. Never writes over a file.`;

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  alert: { type: 'string', multiple: true },
  wearer: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  edition: { type: 'string' },
  purpose: { type: 'string' },
  recipient: { type: 'string' },
  marking: { type: 'string' },
  out: { type: 'string' },
} as const;
const MAX_TEXT_LENGTH = 200;

interface Call {
  readonly subject: PackSubject;
  readonly edition: Edition;
  readonly purpose: string;
  readonly recipient: string;
  readonly marking: string;
  readonly out: string | undefined;
}

/** The call, or what is wrong with it. */
function readCall(values: ReturnType<typeof parse>['values']): Call | string {
  const edition = EDITIONS.find((name) => name === (values.edition ?? 'full'));
  if (edition === undefined) return `--edition is one of ${EDITIONS.join(', ')}.`;
  const { purpose, recipient, marking = DEFAULT_MARKING } = values;
  if (purpose === undefined || recipient === undefined)
    return 'a pack says what it is for and who gets it: --purpose and --recipient.';
  if ([purpose, recipient, marking].some((text) => text.trim() === '' || text.length > MAX_TEXT_LENGTH))
    return `--purpose, --recipient and --marking have 1 to ${MAX_TEXT_LENGTH} characters.`;
  const subject = readSubject(values);
  return typeof subject === 'string' ? subject : { subject, edition, purpose, recipient, marking, out: values.out };
}

function readSubject({ alert, wearer, from, to }: ReturnType<typeof parse>['values']): PackSubject | string {
  if (alert !== undefined && wearer !== undefined) return 'it takes --alert or --wearer, not both.';
  if (alert !== undefined)
    return from === undefined && to === undefined ? { alertIds: alert } : '--from and --to go with --wearer.';
  if (wearer === undefined || from === undefined || to === undefined)
    return 'it takes --alert ID, or --wearer ID with --from and --to.';
  const [fromMs, toMs] = [parseInstant(from), parseInstant(to)];
  if (fromMs === null || toMs === null) return '--from and --to are instants such as 2026-11-20T19:00:00Z.';
  return fromMs < toMs ? { wearerId: wearer, fromMs, toMs } : '--from must be before --to.';
}

const parse = (argv: readonly string[]) => readArguments({ args: [...argv], options: OPTIONS });

export async function make(argv: readonly string[], deps: EvidenceDeps): Promise<number> {
  const { out, err, keyFile } = deps;
  const { values } = parse(argv);
  if (values.help) {
    out(MAKE_HELP);
    return 0;
  }
  const call = readCall(values);
  if (typeof call === 'string') {
    err(`tagwatch evidence make: ${call}`);
    err('"tagwatch evidence --help" tells more.');
    return 2;
  }
  const key = readSigningKey(keyFile);
  const db = await deps.openDatabase();
  try {
    const nowMs = deps.nowMs();
    const gathered = await db.transaction((tx) => gatherPack(tx, call.subject, nowMs), 'repeatable read');
    if ('refused' in gathered) {
      err(`tagwatch evidence make: ${gathered.refused}.`);
      return 1;
    }
    const model = toPackModel(gathered.source);
    for (const sentence of deletedLimits(model)) err(`tagwatch evidence make: ${sentence}`);
    const packId = randomUUID();
    const { edition, purpose, recipient, marking } = call;
    const order = {
      packId,
      edition,
      purpose,
      recipient,
      marking,
      madeAtMs: nowMs,
      madeBy: deps.user,
      program: deps.program,
    };
    const { stamp, whyNot } = createStamping(deps.timeStampUrl);
    const zip = await buildPack(model, order, key, stamp);
    if (whyNot() !== null) err(`tagwatch evidence make: the pack has no time stamp: ${whyNot()}.`);
    const file = call.out ?? `${packId}.zip`;
    if (existsSync(file)) throw new Error(`${file} is there already (EEXIST): --out names another`);
    // No entry, no pack.
    await deps.audit({
      what: 'exports.make',
      act: 'disclosure',
      when: new Date(nowMs).toISOString(),
      who: subjectOfUser(deps.user),
      subjectId: packId,
      subjectType: 'pack',
      wearerIds: [model.wearerId],
      outcome: 'done',
      rowCount: model.alerts.length,
      purpose,
      recipient,
      operationId: 'tagwatch evidence make',
      correlationId: packId,
    });
    const held = { packId, wearerId: model.wearerId, subject: call.subject, purpose, correlationId: packId };
    const by = { requestedBy: subjectOfUser(deps.user) ?? 'command', requestedAtMs: nowMs };
    const alertIds = model.alerts.map(({ alert }) => alert.alertId);
    await db.transaction((tx) => holdPack(tx, { ...held, ...by }, alertIds));
    writeFileSync(file, zip, { flag: 'wx', mode: 0o600 });
    const { alerts, track } = model;
    out(
      `${file}: ${alerts.length} alerts, ${track.length} pings, ${zip.byteLength} bytes, signed by key ${key.keyId}.`,
    );
    return 0;
  } finally {
    await db.close();
  }
}
