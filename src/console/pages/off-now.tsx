/** What is off now: whatever keeps an alert from being told, with who did it, why, and when it ends. */
import type { ComponentChildren } from 'preact';
import { useAnswer, whyMissing } from '../components/use-answer.js';
import { book, may, nameOf, nowMs, zoneNameOf } from '../live/live.js';
import {
  askAbsences,
  askCustodyPeriods,
  askSuspensions,
  askWearersOfOrders,
  type PeriodRecord,
} from '../periods-api.js';
import { alertAddress, wearerAddress } from '../route.js';
import { personWords } from '../words/people-words.js';
import { dayAndTime, duration } from '../words/times.js';
import { title } from '../words/words.js';

const REFRESH_MS = 30_000;
/** What ends within the shift's last hours is for whoever comes on. */
export const SOON_MS = 4 * 3_600_000;

interface Off {
  readonly key: string;
  readonly what: ComponentChildren;
  readonly why: string;
  readonly by: string;
  readonly startsAt: string;
  /** Null: no end is known. */
  readonly endsAt: string | null;
}

function OffTable({
  caption,
  none,
  rows,
}: {
  readonly caption: string;
  readonly none: string;
  readonly rows: readonly Off[];
}) {
  const atMs = nowMs.value;
  const endMs = ({ endsAt }: Off) => (endsAt === null ? Number.POSITIVE_INFINITY : Date.parse(endsAt));
  return (
    <section aria-label={caption}>
      <h2 class="tw-heading">
        {caption} <span class="tw-count">{rows.length}</span>
      </h2>
      {rows.length === 0 ? <p>{none}</p> : null}
      {rows.length === 0 ? null : (
        <table class="tw-table">
          <caption class="govuk-visually-hidden">{caption}, what ends first first</caption>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Why</th>
              <th scope="col">By</th>
              <th scope="col">Since</th>
              <th scope="col">Ends</th>
            </tr>
          </thead>
          <tbody>
            {[...rows]
              .sort((a, b) => endMs(a) - endMs(b))
              .map((row) => (
                <tr key={row.key}>
                  <td>{row.what}</td>
                  <td>{row.why || '–'}</td>
                  <td>{personWords(row.by)}</td>
                  <td>{dayAndTime(Date.parse(row.startsAt))}</td>
                  <td>
                    {row.endsAt === null ? (
                      <strong>no end is known</strong>
                    ) : (
                      <>
                        {dayAndTime(Date.parse(row.endsAt))}
                        <br />
                        {endMs(row) - atMs < SOON_MS ? (
                          <strong>in {duration(endMs(row) - atMs)}</strong>
                        ) : (
                          `in ${duration(endMs(row) - atMs)}`
                        )}
                      </>
                    )}
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

const isNow = ({ startsAt, endsAt }: PeriodRecord): boolean =>
  Date.parse(startsAt) <= nowMs.peek() && (endsAt === undefined || Date.parse(endsAt) > nowMs.peek());

const ofWearer = (wearerId: string, more: string) => (
  <>
    <a href={wearerAddress(wearerId)}>{nameOf(wearerId)}</a>
    {more}
  </>
);

/** By order. */
type Wearers = ReadonlyMap<string, string>;

function whomOf(record: PeriodRecord, wearers: Wearers): ComponentChildren {
  const { orderId, conditionId, conditionIds } = record;
  const wearerId = record.wearerId ?? wearers.get(orderId ?? '');
  const conditions = conditionId ?? conditionIds?.join(', ');
  const more = conditions === undefined ? '' : `, condition ${conditions}`;
  return wearerId === undefined ? `Order ${orderId ?? 'not known'}${more}` : ofWearer(wearerId, more);
}

const toOff = (record: PeriodRecord, wearers: Wearers): Off => ({
  key: record.recordId,
  what: whomOf(record, wearers),
  why: record.reason ?? '',
  by: record.author ?? 'not known',
  startsAt: record.startsAt,
  endsAt: record.endsAt ?? null,
});

/** Alerts that are suspended, from what the feed tells. */
export function suspendedAlerts(): Off[] {
  return [...book.value.alerts.values()].flatMap((item) => {
    const { suspension } = item;
    if (item.status !== 'open' || suspension === undefined) return [];
    const what = (
      <>
        <a href={alertAddress(item.alertId)}>{title(item, zoneNameOf(item.zoneId))}</a>
        <br />
        {ofWearer(item.wearerId, '')}
      </>
    );
    const { by, at, until, reason } = suspension;
    return [{ key: item.alertId, what, why: reason, by, startsAt: at, endsAt: until }];
  });
}

export function OffNowPage() {
  const turn = String(Math.floor(nowMs.value / REFRESH_MS));
  const suspensions = useAnswer(may('suspensions.read') ? turn : null, askSuspensions);
  const absences = useAnswer(may('records.read') ? turn : null, askAbsences);
  const custody = useAnswer(may('records.read') ? turn : null, askCustodyPeriods);
  const leave = absences?.ok === true ? absences.body.filter(isNow) : [];
  const orderIds = [...new Set(leave.flatMap(({ orderId }) => orderId ?? []))].sort();
  const orders = useAnswer(orderIds.length === 0 ? null : orderIds.join(), () => askWearersOfOrders(orderIds));
  const wearers = orders?.ok === true ? orders.body : new Map<string, string>();
  const lists = [
    ['Suspensions of wearers', 'Nobody is suspended.', suspensions],
    ['Authorised absences', 'Nobody has leave now.', absences],
    ['In custody', 'Nobody is recorded as in custody.', custody],
  ] as const;
  return (
    <main class="tw-page" id="main">
      <h1 class="tw-sentence">What is off now</h1>
      <p>What ends first stands first. Whatever still holds when a suspension ends is told again.</p>
      <OffTable caption="Suspended alerts" none="No alert is suspended." rows={suspendedAlerts()} />
      {lists.map(([caption, none, answer]) =>
        answer?.ok === true ? (
          <OffTable
            key={caption}
            caption={caption}
            none={none}
            rows={answer.body.filter(isNow).map((record) => toOff(record, wearers))}
          />
        ) : (
          <section key={caption} aria-label={caption}>
            <h2 class="tw-heading">{caption}</h2>
            <p>{answer === null ? '…' : `They are not shown: ${whyMissing(answer.status)}.`}</p>
          </section>
        ),
      )}
    </main>
  );
}
