import { describe, expect, it } from 'vitest';
import { createReadiness, listBlocking } from '../../src/start/readiness.js';

describe('readiness', () => {
  it('tells every part from the first moment, in the order of the start', () => {
    const readiness = createReadiness();
    readiness.expect('log', 'essential', 'the event log to answer');
    readiness.expect('database', 'helpful');
    readiness.expect('engine', 'essential');
    expect(readiness.parts()).toEqual([
      { part: 'log', essential: true, ready: false, waitsFor: 'the event log to answer' },
      { part: 'database', essential: false, ready: false, waitsFor: 'its turn in the start' },
      { part: 'engine', essential: true, ready: false, waitsFor: 'its turn in the start' },
      { part: 'start', essential: true, ready: false, waitsFor: 'every other part to be ready' },
    ]);
  });

  it('asks a part that is there each time', () => {
    const readiness = createReadiness();
    readiness.expect('log', 'essential');
    let isAway = false;
    readiness.watch('log', () => (isAway ? 'the event log to answer' : null));
    readiness.startIsOver();
    expect(readiness.parts()).toEqual([{ part: 'log', essential: true, ready: true }]);
    isAway = true;
    expect(readiness.parts()).toMatchObject([{ ready: false, waitsFor: 'the event log to answer' }]);
  });

  it('a start is held up by what is essential, and by nothing that only helps', () => {
    const readiness = createReadiness();
    readiness.expect('log', 'essential');
    readiness.expect('database', 'helpful');
    expect(listBlocking(readiness).map(({ part }) => part)).toEqual(['log']);
    readiness.watch('log');
    expect(listBlocking(readiness)).toEqual([]);
  });

  it('a part that nobody expected would be one that nobody could have asked about', () => {
    expect(() => createReadiness().watch('surprise')).toThrow('surprise');
  });
});
