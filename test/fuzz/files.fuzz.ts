import { it } from 'vitest';
import { readFuzzSeconds } from './budget.js';
import { fuzzTrackFiles, fuzzZoneFiles } from './files.js';

it('track files', () => fuzzTrackFiles(readFuzzSeconds()));
it('zone files', () => fuzzZoneFiles(readFuzzSeconds()));
