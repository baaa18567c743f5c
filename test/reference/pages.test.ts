import { readFileSync } from 'node:fs';
import { warningTexts } from '../../reference/errorTexts.ts';
import { generatedPages } from '../../reference/pages.ts';

const text = (file: string) => readFileSync(file, 'utf8');

test.each(Object.entries(generatedPages()))('%s is what the code says (npm run reference)', (path, page) => {
  expect(text(path)).toBe(page);
});

test.each(warningTexts)('the warning "$when" is one that is given', ({ file, when }) => {
  const source = text(file);
  const parts = when.split(/\{\w+\}/).map((part) => part.trim());
  expect(parts.filter((part) => !source.includes(part))).toEqual([]);
});
