/** The words of an evidence pack, as REST, the command line and the pack itself have them. */

/**
 * `full` holds everything; `court` leaves out how the force manages the wearer; `wearer-safe` holds nothing from which a place could be
 * found: no names, coordinates, distances, evidence or maps.
 */
export const EDITIONS = ['full', 'court', 'wearer-safe'] as const;
export type Edition = (typeof EDITIONS)[number];

export const DEFAULT_MARKING = 'OFFICIAL-SENSITIVE';

/** What a pack is to be about: some alerts of one wearer, or a wearer and a period. */
export type PackSubject =
  | { readonly alertIds: readonly string[] }
  | { readonly wearerId: string; readonly fromMs: number; readonly toMs: number };

/** Each brings the pings around it along. */
export const MAX_PACK_ALERTS = 20;
/** As far as a trail goes. */
export const MAX_PACK_PERIOD_MS = 14 * 86_400_000;

/** Shown before and after an alert. */
export const AROUND_ALERT_MS = 3_600_000;

export const PACK_STATES = ['queued', 'building', 'ready', 'failed'] as const;
export type PackState = (typeof PACK_STATES)[number];
/** While it is built: the record is read, then the files are written and signed. */
export const PACK_STEPS = ['gathering', 'writing'] as const;
export type PackStep = (typeof PACK_STEPS)[number];

/** One pack of `GET /packs`, as the server tells it and the console shows it. Instants are RFC 3339 in UTC. */
export interface PackItem {
  readonly packId: string;
  readonly state: PackState;
  readonly wearerId: string;
  /** Of alerts, or from and to. */
  readonly alertIds?: readonly string[];
  readonly from?: string;
  readonly to?: string;
  readonly edition: Edition;
  readonly marking: string;
  readonly purpose: string;
  readonly recipient: string;
  /** The subject's id, and the name for the eye. */
  readonly requestedBy: string;
  readonly requestedName: string;
  readonly requestedAt: string;
  /** While it waits: how many are made before it. */
  readonly ahead?: number;
  /** While it is built. */
  readonly step?: PackStep;
  readonly endedAt?: string;
  /** Why there is none. */
  readonly failure?: string;
  /** Of the file, hexadecimal. */
  readonly sha256?: string;
  readonly fileBytes?: number;
  /** Under a legal hold, of its own: what it is about is not deleted, whatever its age. */
  readonly isHeld: boolean;
  /** It could not be held, and is not tried again: somebody has to place a legal hold by hand. */
  readonly holdFailed?: true;
  /** Where one is asked for or looked at, and retention had deleted of its time by then: which stretches, and how many messages at least. */
  readonly deleted?: readonly DeletedItem[];
}

/** From the first message that was deleted to the last. */
export interface DeletedItem {
  readonly from: string;
  readonly to: string;
  readonly messages: number;
}
