import fc from 'fast-check';
import { parseSpecText } from '../../../shared/model/specText.ts';

const valueOf = (text: string, contentType?: string): unknown => {
  const result = parseSpecText(text, contentType);
  return result.ok ? result.value : result.problems;
};

const messageOf = (text: string, contentType?: string) => {
  const result = parseSpecText(text, contentType);
  if (result.ok) return undefined;
  expect(result.problems).toHaveLength(1);
  expect(result.problems[0]?.remedy).not.toBe('');
  return result.problems[0]?.message;
};

describe('JSON and YAML', () => {
  test.each([
    ['JSON by its content type', '{"name":"shop"}', 'application/json; charset=utf-8'],
    ['JSON by its looks', '\n {"name":"shop"}', undefined],
    ['JSON with tabs', '{\n\t"name": "shop"\n}', 'application/json'],
    ['YAML by its content type', '{name: shop}', 'application/yaml'],
    ['YAML by its looks', 'name: shop # the shop', undefined],
    ['YAML that came as text', 'name: shop', 'text/plain'],
  ])('%s', (_what, text, contentType) => {
    expect(valueOf(text, contentType)).toEqual({ name: 'shop' });
  });

  test('a few anchors are fine', () => {
    expect(valueOf('a: &x [1, 2]\nb: *x')).toEqual({ a: [1, 2], b: [1, 2] });
  });

  test('JSON comes out as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(valueOf(text, 'application/json')).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe('what can’t be read is refused with line and column', () => {
  test.each([
    ['a comma too many', '{\n  "name": "shop",\n}', 'application/json', 'line 3, column 1: malformed JSON'],
    ['an end too early', '{"name":', 'application/json', 'line 1, column 9: malformed JSON'],
    ['no JSON at all', 'name: shop', 'application/json', 'line 1, column 2: malformed JSON'],
    ['an open list', 'name: [shop', 'application/yaml', 'line 1, column 12: malformed YAML'],
    ['a tab as indentation', 'network:\n\taddressSpace: x', undefined, 'line 2, column 1: malformed YAML'],
    ['a key twice in YAML', 'name: a\nname: b', undefined, 'line 2, column 1: a key appears twice'],
    ['a key twice in JSON', '{"a": {"name":1,\n"name":2}}', undefined, 'line 2, column 1: a key appears twice'],
    ['two documents', 'name: a\n---\nname: b', undefined, 'malformed YAML'],
    ['a tag that means nothing here', 'name: !!js/function x', undefined, 'malformed YAML'],
  ])('%s', (_what, text, contentType, message) => {
    expect(messageOf(text, contentType)).toContain(message);
  });

  test.each(['', ' \n\t '])('nothing: %j', (text) => {
    expect(messageOf(text)).toBe('the text is empty');
  });

  test('a bomb of aliases', () => {
    const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]'];
    for (let n = 1; n < 8; n++)
      lines.push(
        `a${n}: &a${n} [${Array(10)
          .fill(`*a${n - 1}`)
          .join(', ')}]`,
      );
    expect(messageOf(lines.join('\n'))).toContain('alias');
  });

  test('a text longer than any spec', () => {
    expect(messageOf(`name: ${'x'.repeat(70_000)}`)).toContain('characters');
  });

  test('any text is either read or refused', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.constantFrom(undefined, 'application/json', 'text/yaml'),
        (text, type) => {
          const result = parseSpecText(text, type);
          expect(result.ok || result.problems.length === 1).toBe(true);
        },
      ),
    );
  });
});
