/** Pings in Tagwatch's JSON, one a line. */
import type { TrackItem, TrackReader, WirePing } from './track-item.js';
import { readLines } from './track-lines.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseLine(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

/** Each line is a ping and is passed on as it is, but for the tag and the accuracy that the options give. */
export const readNdjsonTrack: TrackReader = async function* (chunks, { tag, accuracyMetres }) {
  for await (const { line, bytes } of readLines(chunks)) {
    if (bytes.every((byte) => byte === 32 || byte === 9)) continue;
    const raw = parseLine(bytes);
    const at = { line, place: `line ${line}` };
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
      yield { ...at, ok: false, detail: raw === undefined ? 'This is not JSON in UTF-8.' : 'A ping is a JSON object.' };
      continue;
    }
    const ping = raw as Readonly<Record<string, unknown>>;
    const isBare = accuracyMetres !== null && ping.latitude !== undefined && (ping.accuracyMetres ?? null) === null;
    const item: TrackItem = {
      ...at,
      ok: true,
      ping: {
        ...ping,
        ...(tag !== null && { tagId: 'tagId' in tag ? tag.tagId : ping[tag.column] }),
        ...(isBare && { accuracyMetres }),
      } as unknown as WirePing,
    };
    yield item;
  }
};
