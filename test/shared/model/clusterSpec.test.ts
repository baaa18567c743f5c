import { parseEnvironmentSpec, type SpecContext } from '../../../shared/model/environmentSpec.ts';
import { articleSpec, specContext } from '../../support/spec.ts';

function problems(cluster: object, rest: object = {}, context: SpecContext = specContext) {
  const result = parseEnvironmentSpec({ name: 'shop', cluster, ...rest }, context);
  return result.ok ? [] : result.problems;
}
const refused = (cluster: object, rest: object = {}) => problems(cluster, rest).map(({ path }) => path);

describe('the network of pods', () => {
  test('with overlay it has a range of its own, whether or not it is given', () => {
    expect(articleSpec({ cluster: { cni: 'azure-overlay' } }).cluster.podCidr).toBe('10.244.0.0/16');
    expect(articleSpec({ cluster: { cni: 'azure-overlay', podCidr: '10.128.0.0/14' } }).cluster.podCidr).toBe(
      '10.128.0.0/14',
    );
    expect(articleSpec().cluster).not.toHaveProperty('podCidr');
  });

  test.each<[string, object, object, string]>([
    ['with the azure CNI there is none', { podCidr: '10.244.0.0/16' }, {}, 'cluster.podCidr'],
    [
      'the default range must lie clear of the network',
      { cni: 'azure-overlay' },
      {
        network: {
          addressSpace: '10.244.0.0/16',
          clusterSubnet: '10.244.1.0/24',
          firewallSubnet: '10.244.2.0/24',
        },
      },
      'cluster.podCidr',
    ],
    ['each node takes a /24 of it', { cni: 'azure-overlay', podCidr: '10.244.0.0/23' }, {}, 'cluster.podCidr'],
    ['a range narrower than one node’s', { cni: 'azure-overlay', podCidr: '10.244.0.0/25' }, {}, 'cluster.podCidr'],
  ])('%s', (_what, cluster, rest, path) => {
    expect(refused(cluster, rest)).toEqual([path]);
  });

  test('the subnet need hold the nodes alone, one more of each pool', () => {
    const subnet = (clusterSubnet: string) => ({ network: { clusterSubnet } });
    const nodePools = [{ name: 'work', nodeCount: 2 }];
    expect(refused({ cni: 'azure-overlay', nodePools }, subnet('10.42.1.0/28'))).toEqual([]);
    expect(problems({ cni: 'azure-overlay', nodePools, nodeCount: 5 }, subnet('10.42.1.0/29'))).toEqual([
      {
        path: 'network.clusterSubnet.prefix',
        message:
          '10.42.1.0/29 has 8 addresses, and 7 nodes need 14: (5 + 1 for upgrades) + (2 + 1 for upgrades) + 5 reserved by Azure',
        remedy: 'Use a /28 or wider, or fewer nodes.',
      },
    ]);
  });

  test('with the azure CNI the subnet holds as many pods as each pool asks for', () => {
    const nodePools = [{ name: 'work', nodeCount: 2, maxPods: 100 }];
    expect(problems({ nodePools })).toMatchObject([{ path: 'network.clusterSubnet.prefix' }]);
    expect(
      problems(
        { nodePools, maxPods: 10 },
        { network: { clusterSubnet: '10.42.4.0/23', firewallSubnet: '10.42.2.0/24' } },
      ),
    ).toEqual([]);
  });
});

describe('node pools', () => {
  test('what is left out of one has a default', () => {
    expect(articleSpec({ cluster: { cni: 'azure-overlay', nodePools: [{ name: 'work' }] } }).cluster.nodePools).toEqual(
      [{ name: 'work', mode: 'User', nodeCount: 1, nodeSize: 'Standard_DS2_v2', osType: 'Linux' }],
    );
  });

  const pool = (fields: object) => ({ cni: 'azure-overlay', nodePools: [{ name: 'work', ...fields }] });
  test.each<[string, object, string]>([
    ['a name that is none', pool({ name: 'Work' }), 'name'],
    ['the name of the first pool', pool({ name: 'nodepool1' }), 'name'],
    ['a System pool without nodes', pool({ mode: 'System', nodeCount: 0 }), 'nodeCount'],
    ['a Windows image on Linux', pool({ osSku: 'Windows2022' }), 'osSku'],
    ['a Linux image on Windows', pool({ osType: 'Windows', osSku: 'Ubuntu' }), 'osSku'],
    ['what AKS runs on Windows', pool({ osType: 'Windows', mode: 'System' }), 'mode'],
    ['a long name for Windows', pool({ osType: 'Windows', name: 'windows' }), 'name'],
    ['fewer than ten pods', pool({ maxPods: 9 }), 'maxPods'],
  ])('%s is refused', (_what, cluster, field) => {
    expect(refused(cluster)).toEqual([`cluster.nodePools.0.${field}`]);
  });

  test('two of one name are refused', () => {
    const nodePools = [{ name: 'work' }, { name: 'work' }];
    expect(refused({ cni: 'azure-overlay', nodePools })).toEqual(['cluster.nodePools.1.name']);
  });
});

describe('kubenet', () => {
  test('needs a user-assigned identity, and says which field and what to do', () => {
    expect(problems({ cni: 'kubenet' })).toEqual([
      {
        path: 'cluster.identity',
        message: expect.stringContaining('user-assigned identity'),
        remedy: expect.stringContaining('user-assigned'),
      },
    ]);
  });
});

describe('identities', () => {
  const id = (name: string, subscription = specContext.subscription) =>
    `/subscriptions/${subscription}/resourceGroups/ids/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
  const servicePrincipal = {
    clientId: '11111111-2222-4000-8000-000000000001',
    objectId: '11111111-2222-4000-8000-000000000002',
    secretName: 'GATEHOUSE_SECRET_A',
  };

  test('may be given in each way', () => {
    expect(articleSpec({ cluster: { identity: id('own') } }).cluster.identity).toBe(id('own'));
    expect(articleSpec({ cluster: { servicePrincipal } }).cluster).not.toHaveProperty('identity');
    expect(refused({ identity: 'user-assigned', kubeletIdentity: id('nodes') })).toEqual([]);
    expect(refused({ cni: 'kubenet', servicePrincipal })).toEqual([]);
  });

  test.each<[string, object, string]>([
    ['something else', { identity: 'managed' }, 'identity'],
    ['an id of something else', { identity: '/subscriptions/x' }, 'identity'],
    [
      'an id outside of what the app may use',
      { identity: id('own', '99999999-0000-4000-8000-000000000001') },
      'identity',
    ],
    ['both an identity and a service principal', { identity: 'user-assigned', servicePrincipal }, 'identity'],
    ['an identity of the nodes alone', { kubeletIdentity: id('nodes') }, 'kubeletIdentity'],
    [
      'a setting that is none of the secrets',
      { servicePrincipal: { ...servicePrincipal, secretName: 'AzureWebJobsStorage' } },
      'servicePrincipal.secretName',
    ],
    ['the secret itself', { servicePrincipal: { ...servicePrincipal, secret: 'x' } }, 'servicePrincipal.secret'],
    ['no GUID', { servicePrincipal: { ...servicePrincipal, clientId: 'shop' } }, 'servicePrincipal.clientId'],
  ])('%s is refused', (_what, cluster, field) => {
    expect(refused(cluster)).toEqual([`cluster.${field}`]);
  });
});

describe('a private cluster', () => {
  test('needs no address of the app, which would not reach it anyway', () => {
    expect(problems({ private: true }, {}, { ...specContext, outboundRanges: [] })).toEqual([]);
  });

  test('has no ranges that developers could be let in by', () => {
    const access = { developers: [{ label: 'ana', cidr: '20.1.2.3' }] };
    expect(problems({ private: true }, { access })).toEqual([
      {
        path: 'access.developers',
        message: expect.stringContaining('no authorized ranges'),
        remedy: expect.stringContaining('VPN'),
      },
    ]);
  });
});

describe('a cluster with Entra', () => {
  const group = '33333333-4444-4000-8000-000000000001';

  test('goes by Azure’s roles, and keeps its own accounts, unless told otherwise', () => {
    expect(articleSpec({ cluster: { entra: { adminGroups: [group] } } }).cluster.entra).toEqual({
      adminGroups: [group],
      azureRbac: true,
      localAccounts: true,
    });
  });

  test('needs somebody who may do anything', () => {
    expect(refused({ entra: { azureRbac: false } })).toEqual(['cluster.entra.adminGroups']);
    expect(refused({ entra: { azureRbac: false, adminGroups: [group] } })).toEqual([]);
    expect(refused({ entra: {} })).toEqual([]);
  });

  test('takes groups by their ids', () => {
    expect(refused({ entra: { adminGroups: ['platform team'] } })).toEqual(['cluster.entra.adminGroups.0']);
  });
});
