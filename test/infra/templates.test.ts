import { findBicep } from '../../infra/check/bicep.ts';
import { checkTemplates } from '../../infra/check/templates.ts';

const bicep = findBicep(process.env);
if ('missing' in bicep) console.warn(`The templates are not compiled: ${bicep.missing}. Try npm run infra:check.`);
const whereBicepIs = 'missing' in bicep ? test.skip : test;

whereBicepIs(
  'the templates compile, and the linter has nothing against them',
  () => {
    if ('missing' in bicep) return;
    const { problems, template, parameters } = checkTemplates(bicep);
    expect(problems).toEqual([]);
    expect([typeof template, typeof parameters]).toEqual(['string', 'string']);
  },
  120_000,
);
