/** Who is judged: the engine, and the rules beside it on the same observations. */
import { alertsOf, type TrialAlert } from './alerts.js';
import { playEngine } from './play-engine.js';
import { RIVALS } from './rivals/all.js';
import { playRival } from './rivals/rival.js';
import type { Stage } from './world.js';

export const ENGINE = 'engine';

export interface Contestant {
  readonly name: string;
  readonly title: string;
  play(stage: Stage): TrialAlert[];
}

export const CONTESTANTS: readonly Contestant[] = [
  { name: ENGINE, title: 'Tagwatch', play: (stage) => alertsOf(playEngine(stage)) },
  ...RIVALS.map((kind) => ({ name: kind.name, title: kind.title, play: (stage: Stage) => playRival(kind, stage) })),
];
