import { parse } from 'yaml';
import { hasKubectl, kubectlWith, type Kubectl } from './kubectl.ts';
import { service, startCluster, type Shown, type StartedCluster } from './startedCluster.ts';

if (!hasKubectl) console.warn('kubectl is not installed: the tests with kubectl are skipped.');

const MANIFEST = JSON.stringify(
  service('store-front', {
    ports: [
      { name: 'http', port: 80, targetPort: 8080 },
      { name: 'https', port: 443, targetPort: 8443 },
    ],
  }),
);

(hasKubectl ? describe : describe.skip)('kubectl', () => {
  let cluster: StartedCluster;
  let kubectl: Kubectl;

  beforeEach(async () => {
    cluster = await startCluster();
    kubectl = kubectlWith(cluster.kubernetes.kubeconfig('user'));
  });
  afterEach(async () => {
    await cluster.close();
    kubectl.close();
  });

  /** What a command prints; it must succeed. */
  const printed = async (command: string, input?: string) => {
    const { code, stdout, stderr } = await kubectl(command, input);
    expect({ command, code, stderr }).toEqual({ command, code: 0, stderr: '' });
    return stdout;
  };
  const refused = async (command: string, input?: string) => {
    const { code, stderr } = await kubectl(command, input);
    expect({ command, code }).toEqual({ command, code: 1 });
    return stderr;
  };
  const yaml = async (name: string) => parse(await printed(`get service ${name} -o yaml`)) as Shown;
  const rows = (table: string) =>
    table
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/));

  test('apply creates, wait sees the IP come, get shows it', async () => {
    expect(await printed('apply -f -', MANIFEST)).toBe('service/store-front created\n');
    expect(rows(await printed('get svc'))).toEqual([
      ['NAME', 'TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)', 'AGE'],
      ['kubernetes', 'ClusterIP', '10.0.0.1', '<none>', '443/TCP', '0s'],
      [
        'store-front',
        'LoadBalancer',
        expect.any(String),
        '<pending>',
        expect.stringMatching(/^80:\d+\/TCP,443:\d+\/TCP$/),
        '0s',
      ],
    ]);
    const waiting = 'wait --for=jsonpath={.status.loadBalancer.ingress[0].ip} svc/store-front --timeout=50s';
    expect(await cluster.whileTimeRuns(printed(waiting))).toBe('service/store-front condition met\n');
    const [, , row] = rows(await printed('get svc -A -o wide'));
    expect(row).toEqual(expect.arrayContaining(['default', 'store-front', '20.0.0.1', 'app=store-front']));
  });

  test('a second apply with another port edits, with nothing changed does nothing', async () => {
    await printed('apply -f -', MANIFEST);
    expect(await printed('apply -f -', MANIFEST)).toBe('service/store-front unchanged\n');
    const other = MANIFEST.replace('"port":443', '"port":8443');
    expect(await printed('apply -f -', other)).toBe('service/store-front configured\n');
    const { spec, metadata } = await yaml('store-front');
    expect(spec?.ports).toEqual([
      expect.objectContaining({ name: 'http', port: 80 }),
      expect.objectContaining({ name: 'https', port: 8443 }),
    ]);
    expect(metadata?.annotations).toHaveProperty(['kubectl.kubernetes.io/last-applied-configuration']);
  });

  test('diff shows what an apply would change and changes nothing', async () => {
    await printed('apply -f -', MANIFEST);
    const { code, stdout } = await kubectl('diff -f -', MANIFEST.replace('"port":443', '"port":8443'));
    expect(code).toBe(1);
    expect(stdout).toContain('-    port: 443');
    expect((await yaml('store-front')).spec?.ports?.[1]?.port).toBe(443);
  });

  test('apply --server-side creates, and says whose field it would overwrite', async () => {
    expect(await printed('apply --server-side -f -', MANIFEST)).toBe('service/store-front serverside-applied\n');
    await printed('patch svc store-front --type=strategic -p {"spec":{"ports":[{"port":443,"targetPort":9443}]}}');
    const conflict = await refused('apply --server-side -f -', MANIFEST);
    expect(conflict).toContain(
      'conflict with "kubectl-patch" using v1: .spec.ports[port=443,protocol="TCP"].targetPort',
    );
    await printed('apply --server-side --force-conflicts -f -', MANIFEST);
    expect((await yaml('store-front')).spec?.ports?.[1]?.targetPort).toBe(8443);
  });

  test('annotate, label and every type of patch', async () => {
    await printed('apply -f -', MANIFEST);
    await printed('annotate svc store-front gatehouse.dev/expose=true');
    await printed('label svc store-front tier=web');
    await printed('annotate svc store-front gatehouse.dev/sources=198.51.100.0/24 gatehouse.dev/expose-');
    await printed('patch svc store-front -p {"spec":{"ports":[{"port":80,"$patch":"delete"}]}}');
    await printed('patch svc store-front --type=merge -p {"metadata":{"labels":{"tier":null}}}');
    await printed('patch svc store-front --type=json -p [{"op":"replace","path":"/spec/ports/0/port","value":8443}]');
    const { metadata, spec } = await yaml('store-front');
    expect(metadata?.annotations).toMatchObject({ 'gatehouse.dev/sources': '198.51.100.0/24' });
    expect(metadata?.annotations).not.toHaveProperty(['gatehouse.dev/expose']);
    expect(metadata?.labels).toBeUndefined();
    expect(spec?.ports).toEqual([expect.objectContaining({ name: 'https', port: 8443 })]);
  });

  test('replace puts a manifest in place of what is there', async () => {
    await printed('create -f -', MANIFEST);
    const { spec } = await yaml('store-front');
    await printed('replace -f -', MANIFEST.replace('"http"', '"web"'));
    const replaced = await yaml('store-front');
    expect(replaced.spec?.ports?.[0]?.name).toBe('web');
    expect(replaced.spec?.clusterIP).toBe(spec?.clusterIP);
  });

  test('create namespace and create service, which speak protobuf', async () => {
    expect(await printed('create namespace shop')).toBe('namespace/shop created\n');
    await printed('create service loadbalancer web -n shop --tcp=80:8080 --tcp=53:dns');
    const shown = parse(await printed('get svc web -n shop -o yaml')) as Shown;
    expect(shown.spec).toMatchObject({
      type: 'LoadBalancer',
      selector: { app: 'web' },
      ports: [
        { name: '80-8080', port: 80, targetPort: 8080 },
        { name: '53-dns', port: 53, targetPort: 'dns' },
      ],
    });
  });

  test('describe shows the load balancer and the events', async () => {
    await printed('apply -f -', MANIFEST);
    await cluster.pass(30);
    const description = await printed('describe svc store-front');
    expect(description).toMatch(/LoadBalancer Ingress: +20\.0\.0\.1/);
    expect(description).toMatch(/Normal +EnsuredLoadBalancer .* service-controller +Ensured load balancer/);
    expect(rows(await printed('get events'))).toContainEqual(
      expect.arrayContaining(['EnsuringLoadBalancer', 'service/store-front', 'Ensuring load balancer']),
    );
  });

  test('get -w shows the IP come and the service go', async () => {
    await printed('apply -f -', MANIFEST);
    await printed('label svc store-front tier=web');
    const watching = kubectl.start('get svc -l tier=web -w --output-watch-events');
    const next = async () => (await watching.line()).split(/ {2,}/);
    expect(await next()).toEqual(['EVENT', 'NAME', 'TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)', 'AGE']);
    expect(await next()).toEqual(expect.arrayContaining(['ADDED', '<pending>']));
    await cluster.pass(30);
    expect(await next()).toEqual(expect.arrayContaining(['MODIFIED', '20.0.0.1']));
    await printed('delete svc store-front --wait=false');
    expect((await next())[0]).toBe('MODIFIED');
    await cluster.pass(30);
    expect((await next())[0]).toBe('DELETED');
    await watching.stop();
  });

  test('delete waits until the load balancer is gone', async () => {
    await printed('apply -f -', MANIFEST);
    await cluster.pass(30);
    expect(await cluster.whileTimeRuns(printed('delete svc store-front'))).toBe('service "store-front" deleted\n');
    expect(cluster.cloudCalls.at(-1)).toBe('delete default/store-front');
    expect(await refused('get svc store-front')).toContain('services "store-front" not found');
  });

  test('delete namespace takes its services along', async () => {
    await printed('create namespace shop');
    await printed('apply -n shop -f -', MANIFEST);
    await cluster.whileTimeRuns(printed('delete namespace shop'));
    expect(cluster.kubernetes.list('services').map(({ metadata }) => metadata.name)).toEqual(['kubernetes']);
  });

  test('get with selectors, and all the pages of a long list', async () => {
    for (const index of Array.from({ length: 30 }).keys()) {
      const body = service(
        `web-${index}`,
        { type: 'ClusterIP' },
        { labels: { parity: index % 2 === 0 ? 'even' : 'odd' } },
      );
      await cluster.call('POST', '/api/v1/namespaces/default/services', { body });
    }
    expect((await printed('get svc -A --chunk-size=7 -o name')).trimEnd().split('\n')).toHaveLength(31);
    expect((await printed('get svc -A --chunk-size=7 --no-headers')).trimEnd().split('\n')).toHaveLength(31);
    expect((await printed('get svc -l parity=even -o name')).trimEnd().split('\n')).toHaveLength(15);
    expect(await printed('get svc --field-selector metadata.name=web-3 -o name')).toBe('service/web-3\n');
  });

  test('what is invalid is refused field by field, and unknown fields by name', async () => {
    const invalid = JSON.stringify(service('bad', { type: 'Tunnel', ports: [{ port: 0 }] }));
    expect(await refused('apply -f -', invalid)).toContain('* spec.type: Unsupported value: "Tunnel"');
    const unknown = JSON.stringify(service('bad', { colour: 'red' }));
    expect(await refused('apply -f -', unknown)).toContain('strict decoding error: unknown field "spec.colour"');
  });

  test('a user without rights is told what they lack', async () => {
    cluster.kubernetes.faults.set({ forbidden: true });
    expect(await refused('get svc')).toContain(
      'cannot list resource "services" in API group "" in the namespace "default"',
    );
  });

  test('version, api-resources, cluster-info', async () => {
    expect(await printed('version')).toContain('Server Version: v1.32');
    expect(rows(await printed('api-resources'))).toContainEqual(['services', 'svc', 'v1', 'true', 'Service']);
    expect(await printed('cluster-info')).toContain(cluster.kubernetes.origin);
  });
});
