import type { TestCloud } from './localCloud.ts';
import type { Shop } from './shop.ts';

const NAMESPACES = ['payments', 'orders', 'catalogue', 'identity', 'search', 'media', 'reports', 'edge'];

/** Puts that many internal services that ask to be published into the shop's cluster, in some namespaces,
 * and waits until each has its rule, or the reason why it has none: a firewall takes some 250 (azure/azure-resource-manager/management/azure-subscription-service-limits). */
export async function publishMany(cloud: TestCloud, shop: Shop, count: number): Promise<void> {
  const must = async (path: string, body: object) => {
    const { status } = await shop.kubernetes('POST', path, body);
    if (status >= 300) throw new Error(`POST ${path} answered ${status}.`);
  };
  // All at one moment: the load balancer is then written, and looked at, as often as for a few.
  const release = cloud.clock.busy();
  for (const name of NAMESPACES)
    await must('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  for (let index = 0; index < count; index++) {
    const namespace = NAMESPACES[index % NAMESPACES.length] ?? 'default';
    await must(`/api/v1/namespaces/${namespace}/services`, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: `service-${String(index + 1).padStart(3, '0')}`,
        annotations: {
          'service.beta.kubernetes.io/azure-load-balancer-internal': 'true',
          'gatehouse.dev/expose': 'true',
          'gatehouse.dev/sources': '198.51.100.0/24',
        },
      },
      spec: { type: 'LoadBalancer', ports: [{ port: 10_000 + index }], selector: { app: 'any' } },
    });
  }
  release();
  await shop.until(
    ({ counts, sync }) => counts.publications + (sync?.report?.skipped ?? 0) >= count && sync?.running === false,
  );
}
