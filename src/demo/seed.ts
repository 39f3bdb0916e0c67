/** Fills a fresh Tagwatch with the cohort and starts the story, through the front door. */
import type { Cohort } from '../simulator/cohort.js';
import { cohortRecords } from '../simulator/records.js';
import type { Simulation } from '../simulator/simulation.js';
import { type Story, tellStory } from '../simulator/story.js';
import { postPings, putAll } from './front-door.js';

const SECOND_MS = 1000;

export interface Seeding {
  readonly url: string;
  readonly cohort: Cohort;
  readonly simulation: Simulation;
  readonly intervalSeconds: number;
  readonly signal: AbortSignal;
  nowMs(): number;
}

async function heardOnce({ url, simulation, signal, nowMs }: Seeding): Promise<void> {
  const everybody = simulation.everybodyAt(Math.floor(nowMs() / SECOND_MS) * SECOND_MS);
  if (!(await postPings(url, everybody, signal))) throw new Error('The pings of the cohort were not taken');
}

/**
 * People, orders and fitted tags; then everybody is heard once, so that no condition is judged from silence; then the conditions,
 * those of the story last. Answers the story, which begins now.
 */
export async function seed(seeding: Seeding): Promise<Story> {
  const { url, cohort, simulation, intervalSeconds, signal, nowMs } = seeding;
  const records = cohortRecords(cohort, nowMs(), intervalSeconds);
  const put = (puts: Parameters<typeof putAll>[1], wait: boolean) => putAll(url, puts, wait, signal);
  await put(records.people, false);
  await put(records.orders, false);
  await put(records.activations, false);
  await heardOnce(seeding);
  await put(records.conditions, false);
  // The story's conditions are judged as soon as they are known: everybody's newest fix has to be of now.
  await heardOnce(seeding);
  const story = tellStory(cohort, Math.ceil(nowMs() / SECOND_MS) * SECOND_MS);
  await put(story.zones, false);
  await put(story.conditions, true);
  simulation.tell(story);
  return story;
}
