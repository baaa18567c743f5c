import { RouteTemplateError, parseRoute } from '../../../local/host/routes.ts';

const match = (template: string, path: string) => parseRoute(template).match(path);

describe('a route template', () => {
  it.each([
    ['api/environments', '/api/environments', {}],
    ['api/environments', '/API/Environments/', {}],
    ['api/environments/{name}', '/api/environments/prod', { name: 'prod' }],
    ['api/environments/{name}', '/api/environments/a%20b', { name: 'a b' }],
    ['api/environments/{name}', '/api/environments/a%2Fb', { name: 'a/b' }],
    ['api/{name}/{port:int}', '/api/web/443', { name: 'web', port: '443' }],
    ['api/{name?}', '/api', {}],
    ['api/{name?}', '/api/x', { name: 'x' }],
    ['api/{name=all}', '/api', { name: 'all' }],
    ['files/{*rest}', '/files', {}],
    ['files/{*rest}', '/files/a/b/c.txt', { rest: 'a/b/c.txt' }],
    ['{name}.{extension}', '/report.json', { name: 'report', extension: 'json' }],
    ['v{major:int}', '/v12', { major: '12' }],
    ['{id:guid}', '/0f8fad5b-d9cb-469f-a165-70867728950e', { id: '0f8fad5b-d9cb-469f-a165-70867728950e' }],
    ['{code:length(3)}', '/abc', { code: 'abc' }],
    ['{code:minlength(2):maxlength(3)}', '/abc', { code: 'abc' }],
    ['{port:range(1,65535)}', '/443', { port: '443' }],
    ['{name:alpha}', '/abc', { name: 'abc' }],
    ['{on:bool}', '/true', { on: 'true' }],
    ['{ratio:double}', '/-1.5', { ratio: '-1.5' }],
    ['{day:datetime}', '/2026-01-31', { day: '2026-01-31' }],
    ['{name:regex(^a.c$)}', '/abc', { name: 'abc' }],
  ])('%s takes %s', (template, path, values) => {
    expect(match(template, path)).toEqual(values);
  });

  it.each([
    ['api/environments', '/api/environments/prod'],
    ['api/environments/{name}', '/api/environments'],
    ['api/environments/{name}', '/api/environments/a/b'],
    ['api/{name}/{port:int}', '/api/web/https'],
    ['{code:length(3)}', '/ab'],
    ['{code:length(2,3)}', '/abcd'],
    ['{port:range(1,10)}', '/11'],
    ['{port:min(5)}', '/4'],
    ['{port:max(5)}', '/6'],
    ['{name:alpha}', '/a1'],
    ['{id:guid}', '/no-guid'],
    ['api/{name}', '/api/%E0%A4%A'],
  ])('%s does not take %s', (template, path) => {
    expect(match(template, path)).toBeUndefined();
  });

  it('is the more specific the earlier it is literal, then constrained', () => {
    const templates = ['a/{*rest}', 'a/{b}', 'a/{b:int}', 'a/b', 'a/{b}/c', 'a/b/{c}'];
    const sorted = [...templates].sort((x, y) => (parseRoute(x).precedence < parseRoute(y).precedence ? -1 : 1));
    expect(sorted).toEqual(['a/b', 'a/b/{c}', 'a/{b:int}', 'a/{b}', 'a/{b}/c', 'a/{*rest}']);
  });

  it.each(['{a:nothing}', '{a', '{}', '{a b}'])('%s is refused with its own text', (template) => {
    expect(() => parseRoute(template)).toThrow(RouteTemplateError);
    expect(() => parseRoute(template)).toThrow(`"${template}"`);
  });
});
