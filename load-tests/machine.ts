/** What a figure was measured on: without it, it says nothing. */
import { spawnSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  /** Over the last minute, at the time of asking: above the number of cores, others were at work. */
  readonly load: number;
  readonly system: string;
  readonly node: string;
  /** With `+` where files were changed; null outside a repository. */
  readonly commit: string | null;
  readonly at: string;
}

function git(...args: string[]): string | null {
  const { status, stdout } = spawnSync('git', args, { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

export function describeMachine(): Machine {
  const commit = git('rev-parse', '--short', 'HEAD');
  return {
    processor: cpus()[0]?.model.trim() || 'unknown processor',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    load: Math.round(loadavg()[0]! * 10) / 10,
    system: `${process.platform} ${process.arch}`,
    node: process.versions.node,
    commit: commit && `${commit}${git('status', '--porcelain') ? '+' : ''}`,
    at: new Date().toISOString(),
  };
}

export function machineLine({ processor, cores, memoryGb, load, system, node, commit, at }: Machine): string {
  return (
    `${processor}, ${cores} cores, ${memoryGb} GB, load ${load} at the start; ${system}, Node ${node}, ` +
    `commit ${commit ?? 'unknown'}, ${at}`
  );
}
