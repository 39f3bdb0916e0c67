import { it } from 'vitest';
import { readFuzzSeconds } from './budget.js';
import { fuzzProgram } from './http-program.js';

it('http', () => fuzzProgram(readFuzzSeconds()));
