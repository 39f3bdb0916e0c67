/**
 * What the demonstration's people do besides the control room's own work, so that each page of the office has something true on it: each
 * by their own sign-in over the public API, and what comes of it (what a file of crimes finds, what a briefing tells) is the program's.
 * The alerts of the first minutes are left to whoever watches.
 */
import type { Cohort } from '../simulator/cohort.js';
import { FORCE, type RecordLine } from '../simulator/records.js';
import type { Simulation } from '../simulator/simulation.js';
import { VISIT_DAYS } from '../wire/task.js';
import { type Authorize, importAll } from './front-door.js';

export interface Office {
  readonly url: string;
  readonly simulation: Simulation;
  readonly cohort: Cohort;
  readonly signal: AbortSignal;
  readonly hasSignIn: boolean;
  /** As one of the people, by `sign-in/people.ts`; or as the service that brings the pings. */
  readonly as: (personId: 'sam' | 'priya' | 'tom' | 'service') => Authorize;
  nowMs(): number;
  /** What was refused: a fault of ours, that ends nothing. */
  complain(text: string): void;
}

/** Of so many one was not visited, and not reviewed. */
const OVERDUE_EVERY = 25;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const REQUEST_LIMIT_MS = 60_000;
const POLL_MS = 2_000;
/** By then the story has told of what is waited for. */
const ALERTS_LIMIT_MS = 6 * MINUTE_MS;
/** Whose tags say that they are nearly empty: some of those with an ordinary day. */
const FLAT = { closed: 'W-031', suspended: 'W-032', unusable: 'W-040' };

interface AlertTold {
  readonly alertId: string;
  readonly wearerId: string;
  readonly kind: string;
  readonly type: string;
  readonly strength: string;
  readonly etag: string;
}

/** Also one that has been amended since, or is over: on a slow machine the office comes when the story has gone on. */
const isConfirmed = ({ type, strength }: AlertTold): boolean => strength === 'confirmed' && type !== 'withdrawn';

/** How often a rating asks for something, days: what was done a part of that ago is due again after the rest. */
function doneLately({ wearers }: Cohort, atMs: number): RecordLine[] {
  return wearers.flatMap(({ wearerId, index, rag }) => {
    if (index % OVERDUE_EVERY === 0) return [];
    const ago = (days: number) => new Date(atMs - ((index % 9) / 10) * days * DAY_MS).toISOString();
    const visited = { decision: 'seen', text: 'Seen at home, the tag looked at.', happenedAt: ago(VISIT_DAYS[rag]) };
    const reviewed = { decision: 'continue', text: 'Keeps to the conditions; goes on as before.' };
    return [
      ['visit', 'Visit that the rating asks for', visited],
      ['review', 'Review that the rating asks for', reviewed],
    ].map(([kind, subject, outcome]) => ({
      kind: 'task',
      id: `K-demo-${kind}-${wearerId}`,
      body: { kind, wearerId, subject, status: 'done', outcome },
    }));
  });
}

/** Somebody with an ordinary day, and nobody to be kept from: there a suspension takes a second person. */
const heldBackOf = ({ wearers }: Cohort): string | undefined =>
  wearers.findLast(({ victimAddress, curfew }) => victimAddress === null && curfew !== null)?.wearerId;

class Refused extends Error {
  override readonly name = 'Refused';

  constructor(
    message: string,
    readonly status?: number,
  ) {
    super(message);
  }
}

/** Another version than the one that was seen. */
const CHANGED = 412;
const ACT_TRIES = 5;

export async function playOffice(office: Office): Promise<void> {
  const { url, cohort, simulation, signal, hasSignIn, as, nowMs, complain } = office;
  const at = (aheadMs: number) => new Date(nowMs() + aheadMs).toISOString();

  async function call<T>(
    who: Parameters<Office['as']>[0],
    method: 'GET' | 'PUT' | 'POST',
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    const answer = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(await as(who)()),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_LIMIT_MS)]),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Refused(`${method} ${path} answered ${answer.status}: ${text}`, answer.status);
    return JSON.parse(text) as T;
  }

  const tagIdOf = (wearerId: string) => cohort.wearers.find((one) => one.wearerId === wearerId)?.tagId;

  /** The first open alert of these, when there is one. */
  async function waitForAlert(fits: (alert: AlertTold) => boolean): Promise<AlertTold> {
    const untilMs = nowMs() + ALERTS_LIMIT_MS;
    while (nowMs() < untilMs && !signal.aborted) {
      const { items } = await call<{ items: AlertTold[] }>('priya', 'GET', '/alerts?status=open&limit=200');
      const found = items.find(fits);
      if (found !== undefined) return found;
      await new Promise((done) => setTimeout(done, POLL_MS));
    }
    throw new Refused('an alert of the story did not come');
  }

  /** Whoever is told that more was found looks again, and does it. */
  async function act(who: 'sam' | 'priya', { alertId, etag }: AlertTold, verb: string, body: object): Promise<void> {
    let seen = etag;
    for (let tries = 1; ; tries++) {
      try {
        await call(who, 'POST', `/alerts/${alertId}/${verb}`, body, { 'if-match': seen });
        return;
      } catch (error) {
        if (!(error instanceof Refused) || error.status !== CHANGED || tries === ACT_TRIES) throw error;
        seen = (await call<AlertTold>(who, 'GET', `/alerts/${alertId}`)).etag;
      }
    }
  }

  /**
   * A message that says the battery is nearly empty; the next one of the same tag says that it is on its charger. Half a second behind the
   * tag's own times, which are whole ones: of two messages of one instant one counts.
   */
  const runDown = (wearerId: string) => {
    const tagId = tagIdOf(wearerId);
    const secondMs = Math.floor(nowMs() / 1000) * 1000;
    const ping = simulation.everybodyAt(secondMs).find((one) => one.tagId === tagId);
    return { ...ping, fixedAt: new Date(secondMs + 500).toISOString(), batteryPercent: 14 };
  };

  const steps: readonly (readonly [what: string, run: () => Promise<unknown>])[] = [
    [
      'custody',
      async () => {
        const who = { name: 'Owen Tarrant', force: FORCE, division: 'City' };
        await call('priya', 'PUT', '/wearers/W-in-custody', who);
        const period = { wearerId: 'W-in-custody', startsAt: at(-9 * DAY_MS) };
        await call('priya', 'PUT', '/custody-periods/D-demo-1', period);
      },
    ],
    [
      'suspension',
      () =>
        call('priya', 'PUT', '/suspensions/S-demo-1', {
          wearerId: heldBackOf(cohort),
          startsAt: at(0),
          endsAt: at(6 * 60 * MINUTE_MS),
          reason: 'Moving house today, agreed with probation',
        }),
    ],
    [
      'note',
      () =>
        call('tom', 'PUT', '/notes/N-demo-1', {
          wearerId: 'W-002',
          text: 'Works nights at the bakery from next week: probation is asked for an absence.',
        }),
    ],
    [
      'intelligence',
      () =>
        call('priya', 'PUT', '/intelligence/I-demo-1', {
          wearerId: 'W-008',
          receivedAt: at(-3 * DAY_MS),
          source: 2,
          assessment: 'C',
          handling: 'P',
          text: 'Said to meet two of the cohort at the retail park on Fridays.',
        }),
    ],
    [
      'hold',
      () =>
        call('priya', 'PUT', '/legal-holds/H-demo-1', {
          wearerId: 'W-010',
          startsAt: at(-30 * DAY_MS),
          reason: 'Complaint about a stop on the way home',
          reference: 'C/114/26',
          reviewAt: at(30 * DAY_MS),
        }),
    ],
    [
      'transfer',
      () =>
        call('priya', 'POST', '/proposals', {
          kind: 'transfer',
          id: 'W-150',
          body: { force: 'essex', division: 'North' },
          reason: 'Moves to his sister in Colchester on the first of the month',
        }),
    ],
    [
      'rating',
      () => {
        // From when it is agreed to: nothing may begin before it is written. Where nobody signs in there is no second person.
        const [id, body] = ['W-020', { rating: 'red', evidence: 'Two late returns and a missed appointment' }];
        if (!hasSignIn) return call('priya', 'PUT', `/rag-ratings/${id}`, body);
        const proposal = { kind: 'rag-rating', id, body, reason: 'Agreed at the morning meeting' };
        return call('priya', 'POST', '/proposals', proposal);
      },
    ],
    [
      'handover',
      async () => {
        const note = 'Quiet night. W-009 was slow to charge: the officer visits tomorrow.';
        const { handoverId } = await call<{ handoverId: string | number }>('priya', 'POST', '/handovers', { note });
        await call('sam', 'POST', `/handovers/${handoverId}/sign-on`, {});
      },
    ],
    [
      'messages of tags',
      // The third cannot be used: no place lies so far north.
      () =>
        call('service', 'POST', '/pings', [
          runDown(FLAT.closed),
          runDown(FLAT.suspended),
          { ...runDown(FLAT.unusable), latitude: 512.8 },
        ]),
    ],
    [
      'closing an alert',
      async () => {
        const alert = await waitForAlert(
          ({ kind, wearerId }) => kind.startsWith('battery-') && wearerId === FLAT.closed,
        );
        await act('sam', alert, 'acknowledge', {});
        const seen = await waitForAlert(({ alertId }) => alertId === alert.alertId);
        await act('sam', seen, 'dispose', { disposition: 'no-action', note: 'Rang him: it is on the charger.' });
      },
    ],
    [
      'suspending an alert',
      async () => {
        const alert = await waitForAlert(
          ({ kind, wearerId }) => kind.startsWith('battery-') && wearerId === FLAT.suspended,
        );
        await act('sam', alert, 'suspend', { until: at(2 * 60 * MINUTE_MS), reason: 'A new charger is on its way' });
      },
    ],
    [
      'pack',
      async () => {
        const alert = await waitForAlert((one) => one.wearerId === 'W-001' && isConfirmed(one));
        const said = { purpose: 'Remand hearing', recipient: 'Crown Prosecution Service' };
        await call('tom', 'POST', '/packs', { alertIds: [alert.alertId], ...said });
      },
    ],
    // A write of hundreds: after the first alert has been told.
    [
      'tasks',
      async () => {
        await importAll(url, doneLately(cohort, nowMs()), signal, as('priya'));
        const visit = {
          kind: 'visit',
          wearerId: 'W-009',
          subject: 'Is the tag charged every night?',
          owner: 'Tom Reed',
        };
        await call('priya', 'PUT', '/tasks/K-demo-visit', { ...visit, status: 'accepted', dueAt: at(DAY_MS) });
        const letter = { kind: 'letter', wearerId: 'W-011', subject: 'Warning letter after a late return' };
        const outcome = {
          decision: 'served',
          happenedAt: at(-2 * DAY_MS),
          text: 'Handed over at the door, and read out.',
        };
        await call('priya', 'PUT', '/tasks/K-demo-letter', { ...letter, status: 'done', outcome });
      },
    ],
    [
      'request to recall',
      async () => {
        const alert = await waitForAlert((one) => one.kind === 'curfew' && isConfirmed(one));
        const query = new URLSearchParams({ alertId: alert.alertId });
        const { draft } = await call<{ draft: object }>(
          'priya',
          'GET',
          `/wearers/${alert.wearerId}/recall-draft?${query}`,
        );
        // Being written: nobody has asked for anything yet.
        await call('priya', 'PUT', '/recalls/R-demo-1', draft);
      },
    ],
    [
      'crimes',
      async () => {
        const [here] = simulation.everybodyAt(Math.floor(nowMs() / 1000) * 1000);
        const there = { latitude: 51.2787, longitude: 1.0803 };
        const [from, to] = [at(-2 * MINUTE_MS), at(0)];
        const rows = [here ?? there, there].map(
          ({ latitude, longitude }, index) => `kent,TFMV,DEMO/${index + 1}/26,${from},${to},${latitude},${longitude}`,
        );
        await call('priya', 'POST', '/crime-batches', {
          name: 'Vehicle crime of this morning',
          file: ['force,type,reference,from,to,latitude,longitude', ...rows].join('\n'),
          purpose: 'Who was there, of the cohort',
          authority: { reference: 'DPIA/7', scope: 'Vehicle crime in the City division', until: at(30 * DAY_MS) },
          radiusMetres: 100,
        });
      },
    ],
    [
      'authority to look for patterns',
      () =>
        call('priya', 'POST', '/pattern-authorities', {
          reference: 'PA/12/26',
          purpose: 'Where he stays in the evenings, before the review',
          scope: 'Stops and usual places of the last month',
          wearerIds: ['W-002'],
          until: at(30 * DAY_MS),
        }),
    ],
    ['briefing', () => call('priya', 'POST', '/briefings', { period: 'daily' })],
  ];
  for (const [what, run] of steps) {
    if (signal.aborted) return;
    try {
      await run();
    } catch (error) {
      if (!signal.aborted) complain(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}
