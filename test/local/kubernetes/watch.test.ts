import { service, startCluster, text, type Shown, type StartedCluster, type Watching } from './startedCluster.ts';

const SERVICES = '/api/v1/namespaces/default/services';
let cluster: StartedCluster;
const open: Watching[] = [];

beforeEach(async () => {
  cluster = await startCluster();
});
afterEach(async () => {
  for (const watching of open.splice(0)) watching.close();
  await cluster.close();
});

const watch = (query: string, headers?: Readonly<Record<string, string>>) => {
  const watching = cluster.watch(`${SERVICES}?watch=true&${query}`, headers);
  open.push(watching);
  return watching;
};
const create = (name: string, metadata: object = {}) =>
  cluster.call('POST', SERVICES, { body: service(name, { type: 'ClusterIP' }, metadata) });
const label = (name: string, labels: object) =>
  cluster.call('PATCH', `${SERVICES}/${name}`, {
    body: { metadata: { labels } },
    headers: { 'content-type': 'application/merge-patch+json' },
  });
const revision = async () => text((await cluster.call('GET', SERVICES)).body.metadata?.resourceVersion);
const brief = (event: Shown | undefined) => `${text(event?.type)} ${text(event?.object?.metadata?.name)}`;

test('without a revision everything comes first as ADDED, then what happens', async () => {
  const watching = watch('');
  expect(brief(await watching.next())).toBe('ADDED kubernetes');
  await create('web');
  expect(brief(await watching.next())).toBe('ADDED web');
  await label('web', { a: 'b' });
  expect(brief(await watching.next())).toBe('MODIFIED web');
  await cluster.call('DELETE', `${SERVICES}/web`);
  const deleted = await watching.next();
  expect(brief(deleted)).toBe('DELETED web');
  expect(deleted?.object?.metadata?.resourceVersion).toBe(await revision());
});

test('from a revision on, nothing that happened since is missed', async () => {
  const since = await revision();
  await create('a');
  const watching = watch(`resourceVersion=${since}`);
  await create('b');
  expect(brief(await watching.next())).toBe('ADDED a');
  expect(brief(await watching.next())).toBe('ADDED b');
});

test('a forgotten revision is an ERROR event of 410 and the end', async () => {
  const since = await revision();
  await create('a');
  cluster.kubernetes.compact();
  const watching = watch(`resourceVersion=${since}`);
  expect(await watching.next()).toMatchObject({
    type: 'ERROR',
    object: {
      kind: 'Status',
      code: 410,
      reason: 'Expired',
      message: expect.stringContaining('too old resource version'),
    },
  });
  expect(await watching.next()).toBeUndefined();
});

test('an object that leaves the selection is deleted for its watcher', async () => {
  await create('web', { labels: { tier: 'front' } });
  const watching = watch('labelSelector=tier=front');
  expect(brief(await watching.next())).toBe('ADDED web');
  await label('web', { tier: 'back' });
  expect(brief(await watching.next())).toBe('DELETED web');
  await label('web', { tier: 'front' });
  expect(brief(await watching.next())).toBe('ADDED web');
});

test('one object is watched by its name', async () => {
  const watching = watch('fieldSelector=metadata.name=web');
  await create('other');
  await create('web');
  expect(brief(await watching.next())).toBe('ADDED web');
});

test('timeoutSeconds ends it, with a bookmark for those who asked', async () => {
  const watching = watch('timeoutSeconds=60&allowWatchBookmarks=true');
  expect(brief(await watching.next())).toBe('ADDED kubernetes');
  await cluster.pass(60);
  const bookmark = await watching.next();
  expect(bookmark).toMatchObject({ type: 'BOOKMARK', object: { kind: 'Service' } });
  expect(bookmark?.object?.metadata?.resourceVersion).toEqual(expect.stringMatching(/^\d+$/));
  expect(await watching.next()).toBeUndefined();
});

test('sendInitialEvents ends them with a bookmark that says so', async () => {
  const query = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true';
  const watching = watch(query);
  expect(brief(await watching.next())).toBe('ADDED kubernetes');
  const { annotations } = (await watching.next())?.object?.metadata ?? {};
  expect(annotations).toEqual({ 'k8s.io/initial-events-end': 'true' });
});

test('as a Table, the columns come once', async () => {
  const watching = watch('', { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' });
  expect((await watching.next())?.object?.columnDefinitions).toHaveLength(7);
  await create('web');
  const second = await watching.next();
  expect(second?.object?.columnDefinitions).toHaveLength(0);
  expect(second?.object?.rows?.[0]?.cells?.[0]).toBe('web');
});
