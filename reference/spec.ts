import { asCell, code, table } from './markdown.ts';
import { specFields, type SpecField } from './specFields.ts';
import { specTexts } from './specTexts.ts';

/**
 * The fields of a spec as tables, by the first part of their paths; what is no section of its own is in `environment`.
 *
 * @throws Error for a field that nothing is said of, and for a text of a field that there is not
 */
export function specTables(): Readonly<Record<string, string>> {
  const fields = specFields();
  const paths = fields.map(({ path }) => path);
  const unknown = Object.keys(specTexts).filter((path) => !paths.includes(path));
  if (unknown.length > 0)
    throw new Error(`reference/specTexts.ts tells of fields that there are not: ${unknown.join(', ')}`);
  const sections = Map.groupBy(fields, ({ path }) => (path.includes('.') ? path.replace(/[[.].*/, '') : 'environment'));
  return Object.fromEntries([...sections].map(([name, ofSection]) => [name, fieldTable(ofSection)]));
}

const fieldTable = (fields: readonly SpecField[]): string =>
  table(
    ['field', 'values', 'default', 'says'],
    fields.map(({ path, values, usual, isRequired }) => {
      const text = specTexts[path];
      if (text === undefined) throw new Error(`reference/specTexts.ts says nothing of ${path}`);
      const otherwise = isRequired ? 'required' : '';
      return [code(path), asCell(values), asCell(text.usual ?? usual ?? otherwise), text.says];
    }),
  );
