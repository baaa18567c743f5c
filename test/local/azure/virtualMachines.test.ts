import { at, objectsAt, stringAt, type JsonObject } from '../../../local/azure/json.ts';
import { aFirewall, aNetwork, aPublicIp, GROUP, NETWORK, refusal, startClient, type Client } from './client.ts';

const NIC = `${NETWORK}/networkInterfaces/n`;
const VM = `${GROUP}/providers/Microsoft.Compute/virtualMachines/m`;
const DISK = `${GROUP}/providers/Microsoft.Compute/disks/m-os`;
const SUBNET = `${NETWORK}/virtualNetworks/v/subnets/nodes`;
const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8Yl4uP0zSxvRjHoKp9m2eQ7tYwN3cVfGd5bXaL6iUr alice';

let client: Client;
beforeEach(async () => {
  client = await startClient();
  await client.apply('PUT', GROUP, { location: 'eastus' });
  await client.apply('PUT', `${NETWORK}/virtualNetworks/v`, aNetwork());
});
afterEach(() => client.close());

const anInterface = (address?: string): JsonObject => ({
  location: 'eastus',
  properties: {
    ipConfigurations: [
      {
        name: 'ipconfig1',
        properties: {
          subnet: { id: SUBNET },
          ...(address !== undefined && { privateIPAllocationMethod: 'Static', privateIPAddress: address }),
        },
      },
    ],
  },
});
const aMachine = (osProfile: JsonObject = {}, vmSize = 'Standard_B2s'): JsonObject => ({
  location: 'eastus',
  properties: {
    hardwareProfile: { vmSize },
    storageProfile: {
      imageReference: { publisher: 'Canonical', offer: 'ubuntu-24_04-lts', sku: 'server', version: 'latest' },
      osDisk: { name: 'm-os', createOption: 'FromImage', deleteOption: 'Delete' },
    },
    osProfile: {
      computerName: 'm',
      adminUsername: 'azureuser',
      customData: 'I2Nsb3VkLWNvbmZpZw==',
      linuxConfiguration: {
        disablePasswordAuthentication: true,
        ssh: { publicKeys: [{ path: '/home/azureuser/.ssh/authorized_keys', keyData: KEY }] },
      },
      ...osProfile,
    },
    networkProfile: { networkInterfaces: [{ id: NIC }] },
  },
});
const refused = async (path: string, body: JsonObject) => refusal(await client.send('PUT', path, body));

test('a machine comes with its disk, answers no secret, and takes the disk along', async () => {
  await client.apply('PUT', NIC, anInterface());
  const machine = await client.apply('PUT', VM, aMachine());
  expect(at(machine, 'properties', 'osProfile', 'adminUsername')).toBe('azureuser');
  expect(at(machine, 'properties', 'osProfile', 'customData')).toBeUndefined();
  expect(stringAt(await client.get(DISK), 'managedBy')).toBe(VM);
  expect(at(await client.get(NIC), 'properties', 'virtualMachine', 'id')).toBe(VM);
  const subnet = await client.get(SUBNET);
  expect(objectsAt(subnet, 'properties', 'ipConfigurations')).toEqual([{ id: `${NIC}/ipConfigurations/ipconfig1` }]);

  // A size may change, and what was read may be written again.
  const larger = { ...(machine as JsonObject), properties: { ...(at(machine, 'properties') as JsonObject) } };
  const resized = {
    ...larger,
    properties: { ...larger.properties, hardwareProfile: { vmSize: 'Standard_B2ms' } },
  };
  expect(at(await client.apply('PUT', VM, resized), 'properties', 'hardwareProfile', 'vmSize')).toBe('Standard_B2ms');

  expect(refusal(await client.send('DELETE', NIC))).toEqual([400, 'NicInUse']);
  expect(refusal(await client.send('DELETE', `${NETWORK}/virtualNetworks/v`))).toEqual([
    400,
    'InUseSubnetCannotBeDeleted',
  ]);
  await client.apply('DELETE', VM);
  expect((await client.send('GET', DISK)).status).toBe(404);
  await client.apply('DELETE', NIC);
  await client.apply('DELETE', SUBNET);
});

test('an interface takes a free address of its subnet alone', async () => {
  const taken = await client.apply('PUT', NIC, anInterface());
  expect(objectsAt(taken, 'properties', 'ipConfigurations')[0]).toMatchObject({
    properties: { privateIPAddress: '10.42.1.4', privateIPAllocationMethod: 'Dynamic' },
  });
  const other = `${NETWORK}/networkInterfaces/o`;
  expect(await refused(other, anInterface('10.42.1.4'))).toEqual([400, 'PrivateIPAddressInUse']);
  expect(await refused(other, anInterface('10.42.1.3'))).toEqual([400, 'PrivateIPAddressInReservedRange']);
  expect(await refused(other, anInterface('10.42.2.9'))).toEqual([400, 'PrivateIPAddressNotInSubnet']);
  expect(await refused(other, { location: 'eastus', properties: {} })).toEqual([
    400,
    'NetworkInterfaceMustHaveOneIpConfiguration',
  ]);
});

test('a machine is refused with what Azure refuses', async () => {
  expect(await refused(VM, aMachine())).toEqual([400, 'InvalidResourceReference']);
  await client.apply('PUT', NIC, anInterface());
  expect(await refused(VM, aMachine({}, 'Standard_X1'))).toEqual([400, 'InvalidParameter']);
  expect(await refused(VM, aMachine({ adminUsername: 'root' }))).toEqual([400, 'InvalidParameter']);
  expect(await refused(VM, aMachine({ customData: '#cloud-config' }))).toEqual([400, 'InvalidParameter']);
  expect(await refused(VM, aMachine({ adminPassword: 'hunter2' }))).toEqual([400, 'InvalidParameter']);
  await client.apply('PUT', VM, aMachine());
  expect(await refused(VM, aMachine({ customData: 'bmV3' }))).toEqual([409, 'PropertyChangeNotAllowed']);
  const SECOND = VM.replace(/m$/, 'second');
  expect(await refused(SECOND, aMachine())).toEqual([400, 'NicInUse']);
  await client.send('PUT', '/_local/quotas', { eastus: { cores: 3 } });
  expect(await refused(SECOND, aMachine())).toEqual([409, 'OperationNotAllowed']);
});

test('SSH reaches a machine by a DNAT rule, from its sources', async () => {
  await client.apply('PUT', NIC, anInterface('10.42.1.4'));
  await client.apply('PUT', VM, aMachine());
  await client.apply('PUT', `${NETWORK}/publicIPAddresses/p`, aPublicIp());
  const frontend = stringAt(await client.get(`${NETWORK}/publicIPAddresses/p`), 'properties', 'ipAddress') ?? '';
  const rule = {
    ...{ name: 'ssh', protocols: ['TCP'], sourceAddresses: ['203.0.113.0/24'], destinationAddresses: [frontend] },
    ...{ destinationPorts: ['2222'], translatedAddress: '10.42.1.4', translatedPort: '22' },
  };
  const natRuleCollections = [{ name: 'c', properties: { priority: 100, action: { type: 'Dnat' }, rules: [rule] } }];
  await client.apply('PUT', `${NETWORK}/azureFirewalls/f`, aFirewall({ natRuleCollections }));
  const probe = async (from: string) =>
    (await client.send('POST', '/_local/probe', { from, to: frontend, port: 2222 })).body;
  expect(await probe('203.0.113.9')).toMatchObject({ reachable: true, target: { machine: 'm', port: 22 } });
  expect(await probe('198.51.100.9')).toMatchObject({ reachable: false, brokenAt: 'dnatRule' });
  await client.apply('DELETE', VM);
  expect(await probe('203.0.113.9')).toMatchObject({ reachable: false });
});
