/** What happens to a tag's observations on their way, and faults of its own: each takes observations and gives others, in order of receipt. */
import type { Point } from './ground.js';
import { type Observation, withPing } from './observe.js';
import type { Random } from './random.js';

type Observations = readonly Observation[];

const byReceipt = (observations: Observation[]): Observation[] =>
  observations.sort((a, b) => a.receivedAtMs - b.receivedAtMs);

const isWithin = ({ truth }: Observation, fromMs: number, toMs: number) => truth.atMs >= fromMs && truth.atMs < toMs;

export function lose(random: Random, observations: Observations, share: number): Observation[] {
  return observations.filter(() => random.next() >= share);
}

/** Nothing is made between the two instants: a tunnel, a flat battery. */
export function silence(observations: Observations, fromMs: number, toMs: number): Observation[] {
  return observations.filter((each) => !isWithin(each, fromMs, toMs));
}

/** Store and forward: what was made between the two instants comes in after the second, some a second. */
export function holdBack(
  random: Random,
  observations: Observations,
  fromMs: number,
  toMs: number,
  order: 'in-order' | 'newest-first' | 'shuffled' = 'in-order',
): Observation[] {
  const held = observations.filter((each) => isWithin(each, fromMs, toMs));
  if (order === 'newest-first') held.reverse();
  if (order === 'shuffled') shuffle(random, held);
  const PER_MS = 150;
  const late = held.map((each, index) => ({ ...each, receivedAtMs: toMs + (index + 1) * PER_MS }));
  return byReceipt([...observations.filter((each) => !isWithin(each, fromMs, toMs)), ...late]);
}

function shuffle<T>(random: Random, items: T[]): void {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.whole(0, i);
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
}

/** Some are up to so much later than the others: they overtake each other. */
export function delaySome(random: Random, observations: Observations, share: number, upToS: number): Observation[] {
  return byReceipt(
    observations.map((each) => {
      const lateMs = random.next() < share ? Math.round(random.between(0, upToS) * 1000) : 0;
      return { ...each, receivedAtMs: each.receivedAtMs + lateMs };
    }),
  );
}

/** Some come twice, the second time a little later. */
export function duplicate(random: Random, observations: Observations, share: number): Observation[] {
  const again = observations
    .filter(() => random.next() < share)
    .map((each) => ({ ...each, receivedAtMs: each.receivedAtMs + random.whole(1, 90) * 1000 }));
  return byReceipt([...observations, ...again]);
}

/** The tag's clock is wrong by so much. */
export function skewClock(observations: Observations, aheadS: number): Observation[] {
  return observations.map((each) => withPing(each, { fixedAtMs: each.ping.fixedAtMs + aheadS * 1000 }));
}

/** While the two instants last the accuracy that is told is another than the true one. */
export function misreport(
  observations: Observations,
  accuracyMetres: number,
  fromMs = Number.NEGATIVE_INFINITY,
  toMs = Number.POSITIVE_INFINITY,
): Observation[] {
  return observations.map((each) =>
    isWithin(each, fromMs, toMs) && each.ping.position !== null
      ? withPing(each, { position: { ...each.ping.position, accuracyMetres } })
      : each,
  );
}

/** The fixes made between the two instants claim another place, whatever is true: 0° 0°, a spoofer, another tag's position. */
export function displace(observations: Observations, at: Point, fromMs: number, toMs: number): Observation[] {
  return observations.map((each) => {
    if (!isWithin(each, fromMs, toMs) || each.ping.position === null) return each;
    const { latitude, longitude } = at;
    const moved = withPing(each, { position: { ...each.ping.position, latitude, longitude } });
    return { ...moved, truth: { ...moved.truth, isFaulty: true } };
  });
}

/** Fixes made between the two instants have no position. */
export function withoutPosition(observations: Observations, fromMs: number, toMs: number): Observation[] {
  return observations.map((each) => (isWithin(each, fromMs, toMs) ? withPing(each, { position: null }) : each));
}
