import { it } from 'vitest';
import { UNIT_SECONDS } from './budget.js';
import { fuzzProgram } from './http-program.js';

// A start of the whole program beside other tests takes longer than a test may otherwise.
it('http', () => fuzzProgram(2 * UNIT_SECONDS), 240_000);
