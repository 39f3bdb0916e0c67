/** What the fold of one activation takes. */
import type { Episode } from './state.js';
import type { EngineEvent, Ping } from './types.js';

/** How late the others of a supplier are at the least. */
export interface UsualLateness {
  /** Since when they were listened to. */
  readonly sinceMs: number;
  /** In the half-hour that is complete and in the one that is running: the lower and the higher of both. */
  readonly lowMs: number;
  readonly highMs: number;
}

/** An input of one activation. Time arrives in the input. */
export type EngineInput =
  /** `usual`: how late others of its supplier come, of a ping that is late; absent: nobody knows. */
  | { readonly type: 'ping'; readonly ping: Ping; readonly receivedAtMs: number; readonly usual?: UsualLateness }
  /** Its own or a shared watch changed: the new one is the `watch` argument. */
  /** `pastFromMs`: from when on it is another of terms that stay; what the live fold made of the time since is then the record's. */
  | { readonly type: 'watch'; readonly atMs: number; readonly pastFromMs?: number }
  /** `heardUpToMs`: how far what its supplier sent has been read; absent: as far as the tick. */
  | { readonly type: 'tick'; readonly atMs: number; readonly heardUpToMs?: number }
  | HistoryInput;

/** What a re-run over the record found to be different from what stands there; the engine numbers it and tells it. */
export interface HistoryInput {
  readonly type: 'history';
  readonly atMs: number;
  /** The newest fix that the re-run had: where it is the live fold's too, both know the same. */
  readonly newestFixAtMs: number;
  readonly changes: readonly HistoricChange[];
  /** Messages of that time that tell of the strap or the case, which may have been heard by nobody; absent: there are none. */
  readonly tampers?: readonly HeardMessage[];
}

export interface HeardMessage {
  readonly ping: Ping;
  readonly receivedAtMs: number;
}

/** What is to be said of one alert. */
export interface HistoricChange {
  readonly alertId: string;
  /** The newest revision on record, which this follows; 0: the alert is not on record. */
  readonly revision: number;
  /** It is not on record, or was taken back: a suspension holds it back. */
  readonly isNew: boolean;
  readonly sayings: readonly HistoricSaying[];
  /** The episode as the newest fix leaves it open, where the live fold has none and is to go on with it, or until the edge that ends it. */
  readonly goesOn?: Episode;
}

/** An event before the engine gives it its ids, its number and its time. */
export type HistoricSaying = Omit<
  EngineEvent,
  'eventId' | 'alertId' | 'revision' | 'raisedAtMs' | 'historic' | 'wearerId' | 'tagId' | 'activationId' | 'inCustody'
>;
