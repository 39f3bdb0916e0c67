/** The world of one run of the trial: places in metres about one point, conditions over areas, and the watch the engine is given of them. */
import type {
  Absence,
  AccuracyConvention,
  Activation,
  ConditionKind,
  CustodyPeriod,
  SharedWatch,
  Suspension,
  TagWatch,
  Term,
  Zone,
  ZonePriority,
} from '../engine/types.js';
import type { Area, Spot } from '../simulator/area.js';
import { offset, type Point } from '../simulator/ground.js';
import { type Observation, TAG } from '../simulator/observe.js';
import type { Track } from '../simulator/track.js';

/** Everything lies around here. */
export const ORIGIN: Point = { latitude: 51.2787, longitude: 1.0803 };
export const pointAt = ({ east, north }: Spot): Point => offset(ORIGIN, east, north);

export interface TrialCondition {
  readonly conditionId: string;
  readonly kind: ConditionKind;
  readonly area: Area;
  readonly priority?: ZonePriority;
  readonly bufferMetres?: number;
  readonly confirmOn?: Term['confirmOn'];
  readonly graceMs?: number;
  /** Flat: opens, closes, … Absent: always. */
  readonly windows?: readonly number[];
  readonly startsAtMs?: number;
  readonly endsAtMs?: number;
  readonly endsBecause?: Term['endsBecause'];
  /** When the engine was told. */
  readonly publishedAtMs?: number;
  readonly absences?: readonly Absence[];
  /** For all wearers. */
  readonly shared?: boolean;
}

/** What happens in one run, and what was measured of it. */
export interface Stage {
  readonly conditions: readonly TrialCondition[];
  /** Where the wearer truly was; `fromMs` to `toMs` is what is judged. */
  readonly track: Track;
  readonly fromMs: number;
  readonly toMs: number;
  /** In order of receipt. */
  readonly observations: readonly Observation[];
  /** What other tags of the same supplier send, in order of receipt; absent: none is heard of. */
  readonly others?: readonly Pick<Observation, 'ping' | 'receivedAtMs'>[];
  readonly accuracyConvention?: AccuracyConvention;
  readonly suspensions?: readonly Suspension[];
  readonly custodyPeriods?: readonly CustodyPeriod[];
  /** When the tag was fitted and taken off; absent: it was worn all the time. */
  readonly fittedAtMs?: number;
  readonly removedAtMs?: number;
  /** How long the tag may say nothing; absent: for ever. */
  readonly silentAfterSeconds?: number;
}

export const ACTIVATION_ID = 'A-1';

const ring = (spots: readonly Spot[]): [number, number][] => {
  const corners = spots.map((spot): [number, number] => {
    const { longitude, latitude } = pointAt(spot);
    return [longitude, latitude];
  });
  return [...corners, corners[0]!];
};

function zoneOf({ conditionId, area, priority, bufferMetres }: TrialCondition): Zone {
  const shape: Zone['shape'] =
    area.type === 'circle'
      ? { type: 'circle', ...pointAt(area.centre), radiusMetres: area.radiusMetres }
      : { type: 'polygons', polygons: area.polygons.map((rings) => rings.map(ring)) };
  return {
    zoneId: zoneIdOf(conditionId),
    version: 1,
    priority: priority ?? 'standard',
    bufferMetres: bufferMetres ?? null,
    shape,
  };
}

const zoneIdOf = (conditionId: string) => conditionId.replace(/^C-/, 'Z-');
const zoneKeyOf = (conditionId: string) => `${zoneIdOf(conditionId)}@1`;

function termOf(condition: TrialCondition): Term {
  const { windows, absences } = condition;
  return {
    conditionId: condition.conditionId,
    conditionVersion: 1,
    zoneKey: zoneKeyOf(condition.conditionId),
    kind: condition.kind,
    confirmOn: condition.confirmOn ?? 'belief',
    graceMs: condition.graceMs ?? 0,
    startsAtMs: condition.startsAtMs ?? 0,
    endsAtMs: condition.endsAtMs ?? null,
    endsBecause: condition.endsBecause ?? null,
    publishedAtMs: condition.publishedAtMs ?? condition.startsAtMs ?? 0,
    windows: windows ?? null,
    windowsUntilMs: windows === undefined ? null : windows.at(-1)! + 86_400_000,
    ...(absences === undefined ? {} : { absences }),
  };
}

/** The watch as it stands when everything was published; the terms say when each was. */
export function watchOf(stage: Stage): TagWatch {
  const own = stage.conditions.filter(({ shared }) => shared !== true);
  const activation: Activation = {
    activationId: ACTIVATION_ID,
    wearerId: 'W-1',
    fittedAtMs: stage.fittedAtMs ?? 0,
    removedAtMs: stage.removedAtMs ?? null,
    terms: own.map(termOf),
    ...(stage.suspensions === undefined ? {} : { suspensions: stage.suspensions }),
    ...(stage.custodyPeriods === undefined ? {} : { custodyPeriods: stage.custodyPeriods }),
  };
  return {
    tagId: TAG.tagId,
    sequence: 1,
    publishedAtMs: 0,
    accuracyConvention: stage.accuracyConvention ?? 'r68',
    defaultAccuracyMetres: null,
    intervalSeconds: 60,
    ...(stage.silentAfterSeconds === undefined ? {} : { silentAfterSeconds: stage.silentAfterSeconds }),
    activations: [activation],
    zones: Object.fromEntries(own.map((each) => [zoneKeyOf(each.conditionId), zoneOf(each)])),
  };
}

export function sharedWatchesOf({ conditions }: Stage): SharedWatch[] {
  return conditions
    .filter(({ shared }) => shared === true)
    .map((condition) => {
      const term = termOf(condition);
      return {
        conditionId: condition.conditionId,
        sequence: 1,
        publishedAtMs: term.publishedAtMs,
        terms: [term],
        zones: { [zoneKeyOf(condition.conditionId)]: zoneOf(condition) },
      };
    });
}
