import { startTestCloud, type TestCloud } from '../support/localCloud.ts';

interface Stored {
  readonly id: string;
  readonly tags?: Record<string, string>;
  readonly properties: Record<string, unknown>;
}

describe('one call builds the article’s environment', () => {
  let cloud: TestCloud;
  let started: Awaited<ReturnType<TestCloud['call']>>;

  beforeAll(async () => {
    cloud = await startTestCloud();
    started = await cloud.call('POST', '/environments', { name: 'aks-egress' });
    await cloud.untilState('aks-egress', 'ready', 'failed');
  });
  afterAll(() => cloud.close());

  test('the call is answered at once, with the place to look at', () => {
    expect(started.status).toBe(202);
    expect(started.headers.get('location')).toBe(`${cloud.api}/environments/aks-egress`);
  });

  test('every step is done, and each that writes has written once', async () => {
    const shown = await cloud.call('GET', '/environments/aks-egress');
    const { state, steps, counts } = shown.body as never as {
      state: string;
      steps: { name: string; state: string; changed: boolean }[];
      counts: object;
    };
    expect(state).toBe('ready');
    expect(steps.map((step) => `${step.name} ${step.state}`)).toEqual([
      'preflight done',
      'resourceGroup done',
      'permissions done',
      'virtualNetwork done',
      'publicIp done',
      'routeTable done',
      'firewall done',
      'routes done',
      'networkRouting done',
      'cluster done',
      'clusterRoles done',
      'events done',
      'accessLanes done',
    ]);
    const shownSteps: readonly object[] = steps;
    expect(shownSteps.find((step) => 'name' in step && step.name === 'firewall')).toMatchObject({
      title: expect.stringContaining('irewall') as string,
      expectedSeconds: 322,
      after: expect.arrayContaining([{ step: 'virtualNetwork', until: 'done' }]) as object[],
    });
    expect(counts).toMatchObject({ stepsDone: 13, stepsTotal: 13, writes: 11, firewallWrites: 1 });
  });

  test('what exists has the article’s names and values, and the environment’s tag', async () => {
    const { resources } = (await cloud.control('GET', '/state')) as { resources: Stored[] };
    const byName = (name: string) => resources.find(({ id }) => id.toLowerCase().endsWith(`/${name.toLowerCase()}`))!;
    const own = ['aks-egress-rg', 'aks-egress-vnet', 'aks-egress-fwpublicip', 'aks-egress-fw', 'aks-egress-fwrt'];
    for (const name of [...own, 'managedClusters/aks-egress']) {
      expect(byName(name).tags).toEqual({ 'gatehouse-environment': 'aks-egress' });
    }
    const frontend = (byName('aks-egress-fwpublicip').properties as { ipAddress: string }).ipAddress;
    expect(byName('aks-egress-vnet').properties).toMatchObject({
      addressSpace: { addressPrefixes: ['10.42.0.0/16'] },
      dhcpOptions: { dnsServers: ['10.42.2.4'] },
      subnets: [
        {
          name: 'aks-subnet',
          properties: { addressPrefix: '10.42.1.0/24', routeTable: { id: byName('aks-egress-fwrt').id } },
        },
        { name: 'AzureFirewallSubnet', properties: { addressPrefix: '10.42.2.0/24' } },
      ],
    });
    expect(byName('aks-egress-fwrt').properties).toMatchObject({
      routes: [
        {
          name: 'aks-egress-fwrn',
          properties: { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.42.2.4' },
        },
        { name: 'aks-egress-fwinternet', properties: { addressPrefix: `${frontend}/32`, nextHopType: 'Internet' } },
      ],
    });
    expect(byName('aks-egress-fw').properties).toMatchObject({
      threatIntelMode: 'Alert',
      additionalProperties: { 'Network.DNS.EnableProxy': 'true' },
      ipConfigurations: [{ name: 'aks-egress-fwconfig', properties: { privateIPAddress: '10.42.2.4' } }],
      networkRuleCollections: [
        { name: 'aksfwnr', properties: { rules: [{ name: 'apiudp' }, { name: 'apitcp' }, { name: 'time' }] } },
      ],
      applicationRuleCollections: [
        { name: 'aksfwar', properties: { rules: [{ name: 'fqdn', fqdnTags: ['AzureKubernetesService'] }] } },
        { name: 'aksfwarweb', properties: { rules: [{ name: 'storage' }, { name: 'website' }] } },
      ],
      natRuleCollections: [],
    });
    expect(byName('managedClusters/aks-egress').properties).toMatchObject({
      provisioningState: 'Succeeded',
      networkProfile: { outboundType: 'userDefinedRouting', networkPlugin: 'azure' },
      apiServerAccessProfile: { authorizedIPRanges: [`${frontend}/32`, '203.0.113.10/32'] },
      agentPoolProfiles: [{ name: 'nodepool1', count: 3 }],
    });
    expect(resources.filter(({ id }) => id.includes('/roleAssignments/'))).toHaveLength(2);
  });

  test('nothing was written twice but what needs the firewall’s address, and no write was refused', async () => {
    const { requests } = (await cloud.control('GET', '/requests')) as {
      requests: { method: string; path: string; status: number }[];
    };
    // Actions such as listing credentials or running a command write nothing, however many the first sync has made by now.
    const writes = requests.filter(
      ({ method, path }) => ['PUT', 'PATCH', 'DELETE'].includes(method) && path.startsWith('/subscriptions'),
    );
    expect(writes.filter(({ status }) => status !== 200 && status !== 201)).toEqual([]);
    const written = writes.map(({ path }) => path.slice(path.lastIndexOf('/') + 1));
    expect(written.filter((name) => name === 'aks-egress-fw')).toHaveLength(1);
    const twice = written.filter((name, index) => written.indexOf(name) !== index);
    expect(twice.sort()).toEqual(['aks-egress-fwrt', 'aks-egress-vnet']);
    expect(written).toHaveLength(12);
  });

  test('a plan of what stands says that nothing would change', async () => {
    const plan = await cloud.call('POST', '/environments/aks-egress/plan', undefined, { accept: 'text/plain' });
    expect(plan.status).toBe(200);
    expect(plan.text).toContain('No resource changes');
  });

  test('it is listed', async () => {
    const list = await cloud.call('GET', '/environments');
    expect(list.body).toMatchObject({ environments: [{ name: 'aks-egress', state: 'ready', location: 'eastus' }] });
  });

  test('a second start of the name is refused and changes nothing', async () => {
    const again = await cloud.call('POST', '/environments', { name: 'aks-egress' });
    expect(again.status).toBe(409);
    expect(again.body).toMatchObject({ type: 'urn:gatehouse:problem:environment-exists', remedy: expect.any(String) });
  });
});
