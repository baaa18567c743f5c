import { kubernetesVersions } from '../../../shared/azure/quotas.ts';
import { putResource, readResource } from '../../../shared/azure/resource.ts';
import { startArmServer, type ArmServer } from '../../support/armServer.ts';

const ID =
  '/subscriptions/00000000-0000-0000-0000-0000000000aa/resourceGroups/g/providers/Microsoft.Network/routeTables/t';
const VERSION = '2024-05-01';

let arm: ArmServer;
beforeAll(async () => {
  arm = await startArmServer();
});
afterAll(() => arm.close());

/** Loses so many requests; answers the others. */
function losing(times: number, body: unknown): void {
  let left = times;
  arm.answer(() => (left-- > 0 ? 'lost' : { status: 200, body }));
}

describe('a request whose connection is closed under it', () => {
  test('is sent again where it reads, by either kind of client', async () => {
    losing(1, { id: ID });
    expect(await readResource(ID, VERSION)).toEqual({ id: ID });
    expect(arm.requests).toEqual([`GET ${ID}`, `GET ${ID}`]);
    losing(1, { values: [] });
    expect(await kubernetesVersions('00000000-0000-0000-0000-0000000000aa', 'eastus')).toEqual([]);
    expect(arm.requests).toHaveLength(2);
  });

  test('is told when it is lost again', async () => {
    losing(2, { id: ID });
    await expect(readResource(ID, VERSION)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(arm.requests).toHaveLength(2);
  });

  test('is never repeated where it writes', async () => {
    losing(1, { id: ID });
    await expect(putResource(ID, VERSION, {})).rejects.toThrow();
    expect(arm.requests).toEqual([`PUT ${ID}`]);
  });
});
