/** The thread that builds a pack: a report takes a second or more at a stretch, and alerts do not wait for it. One pack a thread. */
import { parentPort } from 'node:worker_threads';
import type { TrailFix } from '../formats/trails/trail.js';
import type { StoredPing } from '../roles/reconciler/rerun.js';
import { readSigningKey } from '../signing-key.js';
import { buildPack } from './build-pack.js';
import type { BuildRequest, BuiltPack, Piece } from './build-pack-thread.js';
import { toPackModel } from './measure-track.js';
import type { PackSource } from './pack-model.js';
import { createStamping } from './time-stamp/ask-authority.js';

const pings = new Map<number, StoredPing[]>();
const track: TrailFix[] = [];

function joinPieces({ source }: BuildRequest): PackSource {
  const alerts = source.alerts.map((each, alertIndex) => ({
    ...each,
    inputs: each.inputs === null ? null : { ...each.inputs, pings: pings.get(alertIndex) ?? [] },
  }));
  return { ...source, alerts, track };
}

parentPort?.on('message', async (piece: Piece) => {
  if (piece.type === 'track') track.push(...piece.fixes);
  else if (piece.type === 'pings') {
    const own = pings.get(piece.alertIndex) ?? [];
    own.push(...piece.pings);
    pings.set(piece.alertIndex, own);
  } else {
    const { request } = piece;
    const { order, keyFile, timeStampUrl } = request;
    const model = toPackModel(joinPieces(request));
    const { stamp, whyNot } = createStamping(timeStampUrl);
    const file = await buildPack(model, order, readSigningKey(keyFile), stamp);
    parentPort?.postMessage({ file, notStamped: whyNot() } satisfies BuiltPack);
    parentPort?.close();
  }
});
