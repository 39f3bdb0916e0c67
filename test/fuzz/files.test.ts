import { it } from 'vitest';
import { UNIT_SECONDS } from './budget.js';
import { fuzzTrackFiles, fuzzZoneFiles } from './files.js';

it('track files', () => fuzzTrackFiles(UNIT_SECONDS));
it('zone files', () => fuzzZoneFiles(UNIT_SECONDS));
