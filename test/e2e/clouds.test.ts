import { objectsAt, stringAt, type JsonObject } from '../../local/azure/json.ts';
import { startTestCloud, type TestCloud } from '../support/localCloud.ts';
import { FIREWALL, createShop } from '../support/shop.ts';

/** Endpoints that are of the public cloud alone; image and package registries are the same everywhere. */
const ofThePublicCloud =
  /management\.azure\.com|login\.microsoftonline\.com|windows\.net|\bvault\.azure\.net|azmk8s\.io|policy\.core|AzureKubernetesService/;

let cloud: TestCloud | undefined;
afterEach(() => cloud?.close());

test.each([
  {
    azureCloud: 'government',
    location: 'usgovvirginia',
    audience: 'https://management.core.usgovcloudapi.net/',
    name: 'AzureUSGovernment',
    fqdns: [
      '*.hcp.usgovvirginia.cx.aks.containerservice.azure.us',
      'management.usgovcloudapi.net',
      'login.microsoftonline.us',
      '*.blob.core.usgovcloudapi.net',
      'vault.usgovcloudapi.net',
    ],
    clusterDomain: /\.hcp\.usgovvirginia\.cx\.aks\.containerservice\.azure\.us$/,
  },
  {
    azureCloud: 'china',
    location: 'chinanorth3',
    audience: 'https://management.core.chinacloudapi.cn/',
    name: 'AzureChinaCloud',
    fqdns: [
      '*.hcp.chinanorth3.cx.prod.service.azk8s.cn',
      'management.chinacloudapi.cn',
      'login.chinacloudapi.cn',
      '*.blob.core.chinacloudapi.cn',
      'vault.azure.cn',
    ],
    clusterDomain: /\.hcp\.chinanorth3\.cx\.prod\.service\.azk8s\.cn$/,
  },
] as const)(
  'an environment in $location has the names of its cloud, and none of the public one in any request',
  async ({ azureCloud, location, audience, name, fqdns, clusterDomain }) => {
    const sent: string[] = [];
    cloud = await startTestCloud({ azureCloud, onRequest: (request) => sent.push(JSON.stringify(request)) });
    await createShop(cloud, { location, egress: { presets: ['aks', 'article', 'policy', 'key-vault', 'defender'] } });
    const firewall = (await cloud.control('GET', `/state${FIREWALL}`)) as JsonObject;
    const rules = objectsAt(firewall, 'properties', 'applicationRuleCollections').flatMap((one) =>
      objectsAt(one, 'properties', 'rules'),
    ) as never as { targetFqdns: string[] }[];
    expect(rules.flatMap(({ targetFqdns }) => targetFqdns)).toEqual(expect.arrayContaining([...fqdns]));
    const network = JSON.stringify(objectsAt(firewall, 'properties', 'networkRuleCollections'));
    expect(network).toContain(`AzureCloud.${location}`);
    const cluster = `${FIREWALL.split('/providers/')[0]}/providers/Microsoft.ContainerService/managedClusters/shop`;
    const stored = (await cloud.control('GET', `/state${cluster}`)) as JsonObject;
    expect(stringAt(stored, 'properties', 'fqdn')).toMatch(clusterDomain);
    expect(sent.length).toBeGreaterThan(20);
    expect(sent.filter((request) => ofThePublicCloud.test(request))).toEqual([]);

    const metadata = async (version: string) =>
      (await (await fetch(`${cloud!.azure.origin}/metadata/endpoints?api-version=${version}`)).json()) as JsonObject;
    expect(await metadata('2015-01-01')).toMatchObject({ authentication: { audiences: [audience] } });
    expect(await metadata('2022-09-01')).toMatchObject([
      { name, authentication: { audiences: [audience, expect.any(String)] } },
    ]);
  },
);

test.each([
  ['public', 'usgovvirginia', 'government'],
  ['government', 'eastus', 'public'],
  ['china', 'usgovvirginia', 'government'],
] as const)('an app of the %s cloud refuses %s, which is of the %s one', async (azureCloud, location, other) => {
  cloud = await startTestCloud({ azureCloud });
  for (const path of ['/environments', '/plans']) {
    const answer = await cloud.call('POST', path, { name: 'shop', location });
    expect(answer.status).toBe(400);
    const [problem] = (answer.body as never as { problems: { path: string; message: string; remedy: string }[] })
      .problems;
    expect(problem?.path).toBe('location');
    expect(problem?.message).toContain(`belongs to the ${other} cloud`);
    expect(problem?.remedy).toContain('GATEHOUSE_CLOUD');
  }
});
