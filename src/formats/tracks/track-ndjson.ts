/** Pings in Tagwatch's JSON, one a line. */
import { exceedsDepth, MAX_JSON_DEPTH } from '../json-depth.js';
import type { TrackItem, TrackReader, WirePing } from './track-item.js';
import { readLines } from './track-lines.js';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The value, or why there is none. */
function parseLine(bytes: Uint8Array): { readonly raw: unknown } | { readonly fault: string } {
  try {
    const text = utf8.decode(bytes);
    if (exceedsDepth(text, MAX_JSON_DEPTH)) return { fault: `It is nested deeper than ${MAX_JSON_DEPTH}.` };
    return { raw: JSON.parse(text) as unknown };
  } catch {
    return { fault: 'This is not JSON in UTF-8.' };
  }
}

/** Each line is a ping and is passed on as it is, but for the tag and the accuracy that the options give. */
export const readNdjsonTrack: TrackReader = async function* (chunks, { tag, accuracyMetres }) {
  for await (const { line, bytes } of readLines(chunks)) {
    if (bytes.every((byte) => byte === 32 || byte === 9)) continue;
    const parsed = parseLine(bytes);
    const at = { line, place: `line ${line}` };
    if ('fault' in parsed) {
      yield { ...at, ok: false, detail: parsed.fault };
      continue;
    }
    const { raw } = parsed;
    if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
      yield { ...at, ok: false, detail: 'A ping is a JSON object.' };
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
