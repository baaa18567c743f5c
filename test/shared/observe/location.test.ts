import { cloudMismatch } from '../../../shared/observe/location.ts';

test.each([
  ['eastus', 'https://management.azure.com'],
  ['usgovvirginia', 'https://management.usgovcloudapi.net'],
  ['chinanorth3', 'https://management.chinacloudapi.cn'],
  ['usgovvirginia', 'http://127.0.0.1:8480'],
])('%s may be asked for at %s', (location, endpoint) => {
  expect(cloudMismatch(location, endpoint)).toBeUndefined();
});

test.each([
  ['usgovvirginia', 'https://management.azure.com', 'government'],
  ['eastus', 'https://management.usgovcloudapi.net', 'public'],
  ['chinanorth3', 'https://management.azure.com', 'china'],
])('%s is refused at %s, which is of another cloud', (location, endpoint, cloud) => {
  expect(cloudMismatch(location, endpoint)).toMatchObject({
    path: 'location',
    message: expect.stringContaining(`belongs to the ${cloud} cloud`),
    remedy: expect.stringContaining('GATEHOUSE_ARM_ENDPOINT'),
  });
});
