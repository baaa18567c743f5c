import { at, stringAt, type Json } from '../../../local/azure/json.ts';
import { jsonPath } from '../../../local/azure/runCommand/jsonPath.ts';
import { parseShellLine } from '../../../local/azure/runCommand/shell.ts';
import { refusal } from './client.ts';
import { aCluster, CLUSTER, startClusterWorld, type ClusterWorld } from './clusterWorld.ts';

describe('a command in a cluster', () => {
  let world: ClusterWorld;
  beforeEach(async () => {
    world = await startClusterWorld();
    world.services = [{ metadata: { namespace: 'default', name: 'kubernetes' } }];
  });
  afterEach(() => world.client.close());

  const run = async (command: string): Promise<Json> => {
    const accepted = await world.client.send('POST', `${CLUSTER}/runCommand`, { command });
    expect([accepted.status, accepted.body]).toEqual([202, null]);
    const reply = await world.client.send('GET', accepted.headers.get('location') ?? '');
    expect(reply.status).toBe(200);
    return at(reply.body, 'properties') ?? null;
  };

  test('takes ten seconds, and answers what it printed and how it ended', async () => {
    const result = await run('kubectl get services --all-namespaces -o json && echo GATEHOUSE-END');
    expect(result).toMatchObject({ provisioningState: 'Succeeded', exitCode: 0 });
    const lines = (stringAt(result, 'logs') ?? '').trimEnd().split('\n');
    expect(lines.pop()).toBe('GATEHOUSE-END');
    expect(at(JSON.parse(lines.join('\n')) as Json, 'items')).toEqual(world.services);
    const [started = 0, finished = 0] = ['startedAt', 'finishedAt'].map((name) =>
      Date.parse(stringAt(result, name) ?? ''),
    );
    expect(finished - started).toBe(10_000);
  });

  test('can print a projection', async () => {
    const path = `'{range .items[*]}{.metadata.namespace}{"\\t"}{.metadata.name}{"\\n"}{end}'`;
    expect(await run(`kubectl get svc -A -o jsonpath=${path}; echo end`)).toMatchObject({
      logs: 'default\tkubernetes\nend\n',
    });
  });

  test('stops at what fails', async () => {
    expect(await run('kubectl get pods && echo end')).toMatchObject({ provisioningState: 'Failed', exitCode: 1 });
    expect(await run('rm -rf / ; echo end')).toMatchObject({ exitCode: 0, logs: 'sh: 1: rm: not found\nend\n' });
  });

  test('loses what it prints beyond 512 KB, without a word', async () => {
    world.services = Array.from({ length: 6000 }, (_, index) => ({
      metadata: { name: `service-${index}`, note: 'x'.repeat(60) },
    }));
    const logs = stringAt(await run('kubectl get services -A -o json && echo GATEHOUSE-END'), 'logs') ?? '';
    expect(logs).toHaveLength(512 * 1024);
    expect(logs).not.toContain('GATEHOUSE-END');
  });

  test('is refused where the cluster says so', async () => {
    const profile = { apiServerAccessProfile: { disableRunCommand: true } };
    await world.client.apply('PUT', CLUSTER, aCluster(profile));
    const reply = await world.client.send('POST', `${CLUSTER}/runCommand`, { command: 'echo' });
    expect(refusal(reply)).toEqual([400, 'RunCommandDisabled']);
  });
});

describe('jsonpath', () => {
  const root = {
    items: [
      { a: { b: 'x' }, list: [{ c: 1 }] },
      { a: { b: 'y' }, map: { d: 'e' } },
    ],
  };

  test.each([
    ['{.items[0].a.b}', 'x'],
    ['{.items[-1].a.b}', 'y'],
    ['{range .items[*]}{.a.b}{"\\n"}{end}', 'x\ny\n'],
    ['{range .items[?(@.a.b=="y")]}{.map}{end}', '{"d":"e"}'],
    ['{.items[*].a.b}', 'x y'],
    ['{.items[0].list} and {.nothing.there}.', '[{"c":1}] and .'],
  ])('%s prints %s', (template, printed) => {
    expect(jsonPath(template, root)).toBe(printed);
  });

  test.each(['{.items[?(@.a > 1)]}', '{range .items}', '{end}'])('%s is an error', (template) => {
    expect(() => jsonPath(template, root)).toThrow('error parsing jsonpath');
  });
});

test('a shell line is words and joints, quotes taken off', () => {
  expect(parseShellLine(`kubectl -o='{"a" && b}' && echo "it's" done;ls`)).toEqual([
    { words: ['kubectl', '-o={"a" && b}'], onlyAfterSuccess: false },
    { words: ['echo', "it's", 'done'], onlyAfterSuccess: true },
    { words: ['ls'], onlyAfterSuccess: false },
  ]);
});
