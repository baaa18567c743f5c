import { existsSync } from 'node:fs';
import { crashMatrix, type Matrix } from './matrix.ts';
import { scenarios } from './scenarios.ts';

/** A sample; `npm run test:crash` kills at every place. */
const fractions = [0.15, 0.5, 0.85];

let matrix: Matrix;
beforeAll(async () => {
  if (!existsSync('dist/functions/index.js')) throw new Error('dist/ is missing: run `npm run build` first.');
  matrix = await crashMatrix();
});
afterAll(() => matrix.close());

test.each(Object.keys(scenarios))(
  'killed in the middle of %s, the app comes to the same end with one write more at the most',
  async (scenario) => {
    const held = await matrix.undisturbed(scenario);
    expect(held.points).toBeGreaterThan(50);
    expect(held.writes.length).toBeGreaterThan(0);
    for (const fraction of fractions) {
      const point = Math.ceil(held.points * fraction);
      const { after, differences } = await matrix.killed(scenario, point, held);
      expect({ point, after, differences }).toEqual({ point, after: expect.any(String), differences: [] });
    }
  },
  180_000,
);
