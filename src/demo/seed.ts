/** Fills a fresh Tagwatch with the cohort and starts the story, through the front door. */
import type { Cohort } from '../simulator/cohort.js';
import { cohortRecords, type RecordLine } from '../simulator/records.js';
import type { Simulation } from '../simulator/simulation.js';
import { type Story, tellStory } from '../simulator/story.js';
import { type Authorize, agreeOn, importAll, postPings, putAll } from './front-door.js';

const SECOND_MS = 1000;

export interface Seeding {
  readonly url: string;
  readonly cohort: Cohort;
  readonly simulation: Simulation;
  readonly intervalSeconds: number;
  readonly signal: AbortSignal;
  readonly authorize: Authorize;
  /** Who proposes what applies to all wearers, and who agrees; null: nobody signs in, and one may do it alone. */
  readonly twoPersons: { readonly propose: Authorize; readonly agree: Authorize } | null;
  nowMs(): number;
}

async function heardOnce({ url, simulation, signal, authorize, nowMs }: Seeding): Promise<void> {
  const everybody = simulation.everybodyAt(Math.floor(nowMs() / SECOND_MS) * SECOND_MS);
  if (!(await postPings(url, everybody, signal, authorize))) throw new Error('The pings of the cohort were not taken');
}

const isShared = ({ body }: RecordLine): boolean => 'appliesTo' in body;

/** What applies to all wearers takes a second person. */
async function putShared({ url, signal, authorize, twoPersons }: Seeding, record: RecordLine): Promise<void> {
  if (twoPersons === null) return await putAll(url, [record], false, signal, authorize);
  const proposal = { ...record, reason: 'Violence in the town centre at weekends' };
  await agreeOn(url, proposal, twoPersons.propose, twoPersons.agree, signal);
}

/**
 * People, orders and fitted tags; then everybody is heard once, so that no condition is judged from silence; then the conditions,
 * those of the story last. All of a stage in one import: two thousand requests took most of the start. Answers the story, which begins
 * now.
 */
export async function seed(seeding: Seeding): Promise<Story> {
  const { url, cohort, simulation, intervalSeconds, signal, authorize, nowMs } = seeding;
  const records = cohortRecords(cohort, nowMs(), intervalSeconds);
  const lastWearer = records.people.findLast(({ kind }) => kind === 'wearer');
  if (lastWearer === undefined) throw new Error('The cohort has nobody');
  const put = (lines: readonly RecordLine[], wait: boolean) => putAll(url, lines, wait, signal, authorize);
  const importLines = (lines: readonly RecordLine[]) => importAll(url, lines, signal, authorize);
  // What is written about somebody has to find them within scope.
  await importLines(records.people.filter((record) => record !== lastWearer));
  await put([lastWearer], true);
  await importLines([...records.judgements, ...records.orders, ...records.activations]);
  await heardOnce(seeding);
  const ofOrders = records.conditions.filter((record) => !isShared(record));
  await importLines([...ofOrders, ...records.absences]);
  for (const record of records.conditions.filter(isShared)) await putShared(seeding, record);
  // The story's conditions are judged as soon as they are known: everybody's newest fix has to be of now.
  await heardOnce(seeding);
  const story = tellStory(cohort, Math.ceil(nowMs() / SECOND_MS) * SECOND_MS);
  await put(story.zones, false);
  await put(story.conditions, true);
  simulation.tell(story);
  return story;
}
