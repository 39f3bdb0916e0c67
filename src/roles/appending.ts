/** Appends of a role that goes on whatever single records the log does not take: they are told and kept, and hold up nobody. */
import { type EventLog, LogDenied, type NewRecord, RecordsRefused } from '../ports/event-log.js';
import type { Log } from '../ports/log.js';
import { appendInTurns, REJECTED, rejectedRecord } from '../ports/topics.js';

export interface AppendingDeps {
  readonly log: EventLog;
  readonly logger: Log;
}

/** Appends in turns; answers what the log will never take, told as ERROR. Rejects as `append` does for anything else. */
export async function appendWhatFits(
  { log, logger }: AppendingDeps,
  topic: string,
  records: readonly NewRecord[],
): Promise<readonly NewRecord[]> {
  try {
    await appendInTurns(log, topic, records);
    return [];
  } catch (error) {
    if (!(error instanceof RecordsRefused)) throw error;
    const refused = error.refused.map((index) => records[index]!);
    for (const { key, value } of refused) {
      logger.error(
        { topic, key, bytes: value?.length ?? 0, why: error.message },
        'the log does not take a record: it is left out, and the others go on',
      );
    }
    return refused;
  }
}

/**
 * Keeps what could not be used. Where `tagwatch.rejected` itself may not be written to, what has been told of it has to do: pings
 * and alerts do not wait for it.
 */
export async function keepRejected(deps: AppendingDeps, records: readonly NewRecord[]): Promise<void> {
  try {
    await appendWhatFits(deps, REJECTED, records);
  } catch (error) {
    if (!(error instanceof LogDenied)) throw error;
    deps.logger.error({ lost: records.length, why: error.message }, 'what could not be used is not kept');
  }
}

/** Records that a topic did not take, as rejected ones: bytes of ours, so a person can tell what is missing. */
export function asRejected(topic: string, refused: readonly NewRecord[], atMs: number): NewRecord[] {
  return refused.map(({ key, value, partition }) =>
    rejectedRecord(
      {
        reason: 'refused-by-log',
        detail: `${topic} does not take a record of ${value?.length ?? 0} bytes`,
        rejectedAt: new Date(atMs).toISOString(),
        from: { topic, partition: partition ?? -1, offset: -1 },
        tagId: key,
      },
      value ?? new Uint8Array(),
    ),
  );
}
