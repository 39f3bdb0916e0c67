import { existsSync } from 'node:fs';

/** The folder of the real tracks, which are not part of the project. */
export function needDataDir(): string {
  const directory = process.env['TAGWATCH_DATA'];
  if (!directory || !existsSync(directory))
    throw new Error('TAGWATCH_DATA must name the folder with liverpool-bus-route14.csv and geolife-001.csv.gz');
  return directory;
}
