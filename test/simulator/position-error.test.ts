import { describe, expect, it } from 'vitest';
import { createErrorProcess, type ErrorModel, r95Of } from '../../src/simulator/position-error.js';
import { createRandom } from '../../src/simulator/random.js';

const COUNT = 40_000;

/** Errors a minute apart, as of one tag over a month. */
function draw(model: ErrorModel, stepS = 60, seed = 'errors'): { east: number; north: number }[] {
  const errors = createErrorProcess(createRandom(seed));
  return Array.from({ length: COUNT }, (_, i) => ({ ...errors.at(i * stepS * 1000, model) }));
}

const share = (errors: { east: number; north: number }[], radius: number) =>
  errors.filter(({ east, north }) => Math.hypot(east, north) <= radius).length / errors.length;

function correlation(errors: { east: number; north: number }[]): number {
  let [both, each] = [0, 0];
  for (let i = 1; i < errors.length; i++) {
    both += errors[i]!.east * errors[i - 1]!.east;
    each += errors[i]!.east ** 2;
  }
  return both / each;
}

describe('the error of fixes', () => {
  const models: ErrorModel[] = [null, 8, 5, 4].flatMap((tailDegrees) =>
    [0, 60].map((correlationS) => ({ r68Metres: 20, correlationS, tailDegrees })),
  );
  // With errors that are alike for a minute there are half as many news in them: the bounds are wider than a binomial's.
  it.each(models)('lies within the radius that is told as often as is told: %o', (model) => {
    const errors = draw(model);
    expect(Math.abs(share(errors, model.r68Metres) - 0.68)).toBeLessThan(0.012);
    expect(Math.abs(share(errors, r95Of(model)) - 0.95)).toBeLessThan(0.006);
  });

  it.each([30, 60, 300])('is forgotten as it says: to e^-1 in %d s', (correlationS) => {
    const errors = draw({ r68Metres: 20, correlationS, tailDegrees: null });
    expect(Math.abs(correlation(errors) - Math.exp(-60 / correlationS))).toBeLessThan(0.02);
  });

  it('is new each time where nothing is correlated', () => {
    expect(Math.abs(correlation(draw({ r68Metres: 20, correlationS: 0, tailDegrees: null })))).toBeLessThan(0.02);
  });

  it('has the tails of a Student t, and a normal one has none', () => {
    const beyond = (tailDegrees: number | null) => {
      const model = { r68Metres: 20, correlationS: 0, tailDegrees };
      return 1 - share(draw(model), 5 * 20);
    };
    // Five times the radius of 68 %: of a bell 5e-13, of a t of four degrees (1 + r²/4)^-2 with r = 5 × 1.755.
    expect(beyond(null)).toBe(0);
    const expected = (1 + (5 * Math.sqrt(4 * (0.32 ** -0.5 - 1))) ** 2 / 4) ** -2;
    expect(beyond(4)).toBeGreaterThan(expected / 2);
    expect(beyond(4)).toBeLessThan(expected * 2);
  });

  it('is the same for the same seed and another for another', () => {
    const model = { r68Metres: 20, correlationS: 60, tailDegrees: 5 };
    expect(draw(model)).toEqual(draw(model));
    expect(draw(model, 60, 'another').slice(0, 3)).not.toEqual(draw(model).slice(0, 3));
  });
});
