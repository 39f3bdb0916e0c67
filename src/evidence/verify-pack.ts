/**
 * Whether a pack is what it was when it was made, and whether the engine finds the same again. Each question is answered by itself:
 * what one answer says is not taken back by another.
 */
import { type FindingEvent, isFinding } from '../alerts/event.js';
import type { RecordedEvent } from '../store/alerts.js';
import { type CommitmentAnswer, compareCommitments } from './compare-commitments.js';
import { areSameBytes, type PackFile, readContainer, writeContainer } from './container.js';
import { holdsPlaces } from './editions.js';
import { readInputsFile } from './inputs-file.js';
import { MANIFEST, SIGNATURE, TIME_STAMP } from './manifest.js';
import type { PackCrypto } from './pack-crypto.js';
import { type Manifest, readManifest } from './read-manifest.js';
import { COMPARED, repeatFinding } from './repeat-finding.js';
import type { Certificate } from './time-stamp/certificate.js';
import { type TimeAnswer, verifyTimeStamp } from './time-stamp/verify-time-stamp.js';
import { type Trust, type TrustedKey, trustOf } from './trusted-keys.js';

export interface RerunAnswer {
  readonly alertId: string;
  readonly outcome: 'same' | 'differs' | 'not-run' | 'engine-version-differs';
  /** What differs, or why it was not run. */
  readonly detail: readonly string[];
}

export interface PackVerdict {
  /** Null: there is none that can be read. */
  readonly manifest: Manifest | null;
  /** What is not as the manifest says; none: all of it is. */
  readonly contents: readonly string[];
  readonly signature: 'good' | 'bad' | 'not-checked';
  readonly trust: Trust;
  /** What an authority says of it; else its time is what it says itself. */
  readonly time: TimeAnswer;
  readonly container: 'as-made' | 'differs' | 'not-checked';
  readonly rerun: readonly RerunAnswer[];
  /** What it committed to, beside the full pack that was given; null: none was. A sentence: it could not be compared. */
  readonly commitments: readonly CommitmentAnswer[] | string | null;
  /** Every answer is a good one. */
  readonly verified: boolean;
}

export interface Verifier {
  readonly crypto: PackCrypto;
  /** The hash of the engine at hand. */
  readonly engine: string;
  /** Those of time stamps that are trusted; none unless given. */
  readonly authorities?: readonly Certificate[];
  /** The full pack about the same, beside a wearer-safe one. */
  readonly full?: Uint8Array;
  /** Told of each part before it is judged: for who waits. */
  readonly tell?: (part: VerifiedPart) => void;
}

export type VerifiedPart =
  | { readonly part: 'contents' | 'signature' | 'container' }
  /** From 1. */
  | { readonly part: 'rerun'; readonly alert: number; readonly alerts: number };

/** Never throws for what is in the zip. */
export function verifyPack(
  zip: Uint8Array,
  trusted: readonly TrustedKey[],
  { crypto, engine, authorities = [], full, tell = () => {} }: Verifier,
): PackVerdict {
  let files: readonly PackFile[];
  let manifest: Manifest;
  tell({ part: 'contents' });
  const byName = new Map<string, Uint8Array>();
  try {
    files = readContainer(zip);
    for (const { name, bytes } of files) byName.set(name, bytes);
    const bytes = byName.get(MANIFEST);
    if (bytes === undefined) throw new Error(`there is no ${MANIFEST}`);
    manifest = readManifest(bytes);
  } catch (error) {
    return nothingOf([`it cannot be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
  const contents = compareContents(manifest, files, crypto);
  tell({ part: 'signature' });
  const key = trusted.find(({ keyId }) => keyId === manifest.keyId);
  const signature = key === undefined ? 'not-checked' : isSigned(byName, key, crypto) ? 'good' : 'bad';
  const trust = trustOf(key, manifest.madeAt);
  const time = verifyTimeStamp(byName.get(TIME_STAMP), byName.get(SIGNATURE) ?? new Uint8Array(0), {
    authorities,
    crypto,
  });
  tell({ part: 'container' });
  const container = contents.length > 0 ? 'not-checked' : isAsMade(zip, files, manifest) ? 'as-made' : 'differs';
  const rerun = contents.length > 0 ? [] : repeatAll(byName, manifest, engine, tell);
  const commitments = full === undefined ? null : compareWith(byName, full, crypto);
  const isGood = ({ outcome }: RerunAnswer) => outcome === 'same' || outcome === 'not-run';
  const verified =
    contents.length === 0 &&
    signature === 'good' &&
    trust === 'trusted' &&
    time.outcome !== 'bad' &&
    container === 'as-made' &&
    rerun.every(isGood) &&
    (commitments === null ||
      (typeof commitments !== 'string' && commitments.every(({ outcome }) => outcome === 'same')));
  return { manifest, contents, signature, trust, time, container, rerun, commitments, verified };
}

const nothingOf = (contents: readonly string[]): PackVerdict => ({
  manifest: null,
  contents,
  signature: 'not-checked',
  trust: 'unknown-key',
  time: { outcome: 'not-stamped' },
  container: 'not-checked',
  rerun: [],
  commitments: null,
  verified: false,
});

function compareWith(
  safe: ReadonlyMap<string, Uint8Array>,
  full: Uint8Array,
  crypto: PackCrypto,
): PackVerdict['commitments'] {
  try {
    const held = new Map(readContainer(full).map(({ name, bytes }) => [name, bytes]));
    return compareCommitments(safe, held, crypto);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function compareContents(manifest: Manifest, files: readonly PackFile[], crypto: PackCrypto): string[] {
  const faults: string[] = [];
  const there = new Map(files.map((file) => [file.name, file]));
  for (const listed of manifest.files) {
    const file = there.get(listed.name);
    there.delete(listed.name);
    if (file === undefined) faults.push(`${listed.name} is missing`);
    else if (file.bytes.byteLength !== listed.bytes || crypto.sha256Hex(file.bytes) !== listed.sha256)
      faults.push(`${listed.name} is not as it was`);
  }
  for (const name of there.keys()) {
    if (name !== MANIFEST && name !== SIGNATURE && name !== TIME_STAMP) faults.push(`${name} was added`);
  }
  return faults;
}

function isSigned(files: ReadonlyMap<string, Uint8Array>, key: TrustedKey, crypto: PackCrypto): boolean {
  const [manifest, signature] = [files.get(MANIFEST), files.get(SIGNATURE)];
  return manifest !== undefined && signature !== undefined && crypto.isSignedBy(key.publicKey, manifest, signature);
}

/** Built again from what is in it, in the order in which a pack has it. */
function isAsMade(zip: Uint8Array, files: readonly PackFile[], manifest: Manifest): boolean {
  const byName = new Map(files.map((file) => [file.name, file]));
  const order = [...manifest.files.map(({ name }) => name), MANIFEST, SIGNATURE, TIME_STAMP];
  const inOrder = order.flatMap((name) => byName.get(name) ?? []);
  try {
    return areSameBytes(writeContainer(inOrder, Date.parse(manifest.madeAt)), zip);
  } catch {
    // A time that no zip has.
    return false;
  }
}

function repeatAll(
  files: ReadonlyMap<string, Uint8Array>,
  manifest: Manifest,
  engine: string,
  tell: (part: VerifiedPart) => void,
): RerunAnswer[] {
  const answer = (alertId: string, outcome: RerunAnswer['outcome'], detail: readonly string[] = []): RerunAnswer => ({
    alertId,
    outcome,
    detail,
  });
  const ids = manifest.alerts.map(({ alertId }) => alertId);
  if (!holdsPlaces(manifest.edition)) {
    return ids.map((alertId) => answer(alertId, 'not-run', ['its inputs are withheld in this edition']));
  }
  try {
    const alerts = JSON.parse(textOf(files, 'alert.json')) as { events: readonly RecordedEvent[] }[];
    const inputs = readInputsFile(files.get('inputs.ndjson')!);
    const byAlert = new Map<string, FindingEvent[]>();
    for (const { events } of alerts) {
      const findings = events.map(({ event }) => event).filter(isFinding);
      if (findings[0] !== undefined) byAlert.set(findings[0].alertId, findings);
    }
    return ids.map((alertId, i) => {
      tell({ part: 'rerun', alert: i + 1, alerts: ids.length });
      const [findings, rests] = [byAlert.get(alertId), inputs.get(alertId)];
      if (findings === undefined) return answer(alertId, 'differs', ['alert.json does not hold it']);
      if (rests === null)
        return answer(alertId, 'not-run', ['what it rests on was deleted because of its age before the pack was made']);
      if (rests === undefined) {
        return findings[0]!.conditionId === null
          ? answer(alertId, 'not-run', ['it is about no condition: the tag itself said it'])
          : answer(alertId, 'differs', ['inputs.ndjson does not hold what it rests on']);
      }
      const differences = repeatFinding(findings, rests);
      const isSameEngine = engine === manifest.program.engine;
      if (differences.length > 0)
        return answer(alertId, isSameEngine ? 'differs' : 'engine-version-differs', differences);
      const byAnother = `found by the engine ${manifest.program.engine}, repeated by ${engine}; compared are ${COMPARED}`;
      return answer(alertId, 'same', isSameEngine ? [] : [byAnother]);
    });
  } catch (error) {
    const why = `it could not be repeated: ${error instanceof Error ? error.message : String(error)}`;
    return ids.map((alertId) => answer(alertId, 'differs', [why]));
  }
}

const textOf = (files: ReadonlyMap<string, Uint8Array>, name: string): string =>
  new TextDecoder().decode(files.get(name)!);
