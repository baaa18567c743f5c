import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { warningTexts } from '../../reference/errorTexts.ts';
import { generatedPages } from '../../reference/pages.ts';
import { parseEnvironmentSpec } from '../../shared/model/environmentSpec.ts';
import { specContext } from '../support/spec.ts';

const text = (file: string) => readFileSync(file, 'utf8');

test.each(Object.entries(generatedPages()))('%s is what the code says (npm run reference)', (path, page) => {
  expect(text(path)).toBe(page);
});

test.each(warningTexts)('the warning "$when" is one that is given', ({ file, when }) => {
  const source = text(file);
  const parts = when.split(/\{\w+\}/).map((part) => part.trim());
  expect(parts.filter((part) => !source.includes(part))).toEqual([]);
});

const specBlocks = [...text('docs/spec.md').matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, block = '']) => block);

test('docs/spec.md shows specs', () => {
  expect(specBlocks.length).toBeGreaterThan(5);
});

test.each(specBlocks)('on docs/spec.md this is a good spec:\n%s', (block) => {
  expect(parseEnvironmentSpec(parse(block), specContext)).toMatchObject({ ok: true });
});
