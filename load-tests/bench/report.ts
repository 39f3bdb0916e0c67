/** The benchmark's results as a table of text. */
import type { WorkloadResult } from './workloads.js';

type Row = readonly string[];

const HEAD: Row = [
  'workload',
  'fixes',
  'design',
  'median/s',
  'min/s',
  'max/s',
  'spread',
  'per CPU s',
  'p50 µs',
  'p99 µs',
  'events‰',
  'tagwatch is',
];

const whole = (value: number) => Math.round(value).toLocaleString('en-GB');
const DECIMALS = 2;

export function resultLines(result: WorkloadResult): string[] {
  const rows: Row[] = [HEAD];
  for (const { pattern, speeds } of result.patterns) {
    for (const [design, speed] of Object.entries(speeds)) {
      const { perSecond, perCpuSecond } = speed;
      const ratio = speeds.tagwatch.perCpuSecond.median / perCpuSecond.median;
      rows.push([
        result.name,
        pattern,
        design,
        whole(perSecond.median),
        whole(perSecond.min),
        whole(perSecond.max),
        `${whole(100 * perSecond.spread)} %`,
        whole(perCpuSecond.median),
        speed.callP50Us.toFixed(DECIMALS),
        speed.callP99Us.toFixed(DECIMALS),
        speed.eventsPer1000.toFixed(1),
        design === 'tagwatch' ? '' : `${ratio.toFixed(1)} ×`,
      ]);
    }
  }
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const isText = (column: number) => column < 3;
  const table = rows.map((row) =>
    row.map((cell, c) => (isText(c) ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join('  '),
  );
  const states = result.patterns.map((each) => `${whole(each.bytesPerTagState)} (${each.pattern})`).join(', ');
  return [
    '',
    `${result.name}: ${whole(result.tags)} tags, ${result.title}`,
    ...table,
    `bytes: ${states} per tag's state with its history; ${whole(result.bytesPerTagWatch)} per tag's conditions and zones; ` +
      `${whole(result.bytesPerZone.tagwatch)} per zone (as GeoJSON behind a box: ${whole(result.bytesPerZone.turf)})`,
    ...result.patterns.map(({ pattern, agreement }) => {
      const { comparisons, inside, nearShare, differences } = agreement;
      return (
        `${pattern}: ${whole(comparisons)} comparisons of inside and outside (${whole(inside)} inside), ` +
        `${differences.length} differences; ${whole(100 * nearShare)} % of the fixes within 50 m of a boundary`
      );
    }),
  ];
}
