/** A pack from a model: every file, the manifest over them, its signature, the container. The same in gives the same bytes. */
import { toCanonicalBytes } from '../canonical-json.js';
import { toDeleted } from '../formats/trails/trail.js';
import type { SigningKey } from '../signing-key.js';
import type { Edition } from '../wire/pack.js';
import { saltOf } from './commitment-salt.js';
import { COMMITMENTS, SALT, writeCommitments, writeSalt } from './commitments.js';
import { type PackFile, toBytes, writeContainer } from './container.js';
import { alertsOf, auditOf, holdsPlaces, recordsOf, withheldOf } from './editions.js';
import { writeInputs } from './inputs-file.js';
import { MANIFEST, SCHEMA, SIGNATURE, TIME_STAMP } from './manifest.js';
import { NODE_CRYPTO } from './node-crypto.js';
import { gapsOf, type PackModel, type PackOrder } from './pack-model.js';
import { PARAMETERS } from './parameters.js';
import type { Manifest } from './read-manifest.js';
import { writeReadme } from './readme-text.js';
import { writeReport } from './report/write-report.js';
import { writeStatement } from './statement.js';
import { writeTracks } from './track-files.js';
import { writeZones } from './zones-file.js';

export const toListed = ({ name, bytes }: PackFile): Manifest['files'][number] => ({
  name,
  bytes: bytes.byteLength,
  sha256: NODE_CRYPTO.sha256Hex(bytes),
});

/** `stamp`: asks an authority when the signature was there; null: it does not say, and the pack has no time stamp. */
export async function buildPack(
  model: PackModel,
  order: PackOrder,
  key: SigningKey,
  stamp: (signature: Uint8Array) => Promise<Uint8Array | null> = async () => null,
): Promise<Uint8Array> {
  const { edition, packId, marking } = order;
  const json = (value: unknown) => toCanonicalBytes(value);
  const foundIn = (of: Edition): PackFile[] => [
    { name: 'alert.json', bytes: json(alertsOf(model, of)) },
    { name: 'record.json', bytes: json(recordsOf(model, of)) },
  ];
  const files = foundIn(edition);
  const placesOf = (): PackFile[] => [
    { name: 'zone.geojson', bytes: json(writeZones(model)) },
    ...writeTracks(model),
    { name: 'inputs.ndjson', bytes: writeInputs(model) },
  ];
  if (holdsPlaces(edition))
    files.push({ name: 'audit.json', bytes: json(auditOf(model.audit, edition)) }, ...placesOf());
  if (edition === 'full') files.push({ name: SALT, bytes: writeSalt(saltOf(model, key)) });
  if (!holdsPlaces(edition)) {
    const withheld = [...foundIn('full'), ...placesOf()];
    files.push({ name: COMMITMENTS, bytes: writeCommitments(withheld, saltOf(model, key), NODE_CRYPTO) });
  }
  files.push({ name: 'report.pdf', bytes: writeReport(model, order, files.map(toListed), key.keyId) });
  // A witness speaks of places: of an edition without them there is no statement.
  if (holdsPlaces(edition))
    files.push({ name: 'statement.docx', bytes: await writeStatement(model, order, files.map(toListed)) });
  const readme = writeReadme(files, { packId, edition, marking, keyId: key.keyId });
  files.unshift({ name: 'README.txt', bytes: toBytes(readme) });
  const sums = files.map((file) => `${toListed(file).sha256}  ${file.name}\n`).join('');
  files.push({ name: 'SHA256SUMS', bytes: toBytes(sums) });
  const manifest = toCanonicalBytes(manifestOf(model, order, files, key.keyId));
  const signature = Buffer.from(key.sign(manifest), 'base64url');
  const stamped = await stamp(signature);
  const last = stamped === null ? [] : [{ name: TIME_STAMP, bytes: stamped }];
  return writeContainer(
    [...files, { name: MANIFEST, bytes: manifest }, { name: SIGNATURE, bytes: signature }, ...last],
    order.madeAtMs,
  );
}

function manifestOf(model: PackModel, order: PackOrder, files: readonly PackFile[], keyId: string): Manifest {
  const notJudged: Record<string, number> = {};
  for (const { fix } of model.track) {
    if (fix.notJudged !== null) notJudged[fix.notJudged] = (notJudged[fix.notJudged] ?? 0) + 1;
  }
  const { madeAtMs, ...said } = order;
  return {
    schema: SCHEMA,
    ...said,
    madeAt: new Date(madeAtMs).toISOString(),
    wearerId: model.wearerId,
    alerts: model.alerts.map(({ alert: { alertId, finding, actions } }) => ({
      alertId,
      revision: finding.revision,
      actions,
    })),
    period: { from: new Date(model.fromMs).toISOString(), to: new Date(model.toMs).toISOString() },
    parameters: PARAMETERS,
    counts: {
      pings: model.track.length,
      judged: model.track.filter(({ fix }) => fix.notJudged === null && fix.latitude !== null).length,
      notJudged,
      gaps: gapsOf(model).length,
    },
    ...(model.deleted.length === 0 ? {} : { deleted: model.deleted.map(toDeleted) }),
    withheld: [...withheldOf(order.edition)],
    files: files.map(toListed),
    keyId,
  };
}
