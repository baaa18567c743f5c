import type { Json } from '../../local/azure/json.ts';
import { startTestCloud, type TestCloud } from './localCloud.ts';

/** A rule of local Azure (see its README). */
export type Rule = Readonly<Record<string, Json>>;

export const strikeBy = async (cloud: TestCloud, ...rules: readonly Rule[]): Promise<void> =>
  void (await cloud.control('PUT', '/faults', { rules }));

/** How often each rule has struck. */
export async function struck(cloud: TestCloud): Promise<readonly number[]> {
  const { rules } = (await cloud.control('GET', '/faults')) as { rules: { struck: number }[] };
  return rules.map((rule) => rule.struck);
}

interface Logged {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly write: boolean;
  readonly fault?: string;
}

/** Writes of resources that Azure has accepted, as `METHOD path`. */
export async function acceptedWrites(cloud: TestCloud): Promise<readonly string[]> {
  const { requests } = (await cloud.control('GET', '/requests')) as { requests: Logged[] };
  return requests
    .filter(({ method, status }) => (method === 'PUT' || method === 'DELETE') && status >= 200 && status < 300)
    .map(({ method, path }) => `${method} ${path}`);
}

/** A cloud for one test, closed after it whatever happens. */
export async function withCloud(work: (cloud: TestCloud) => Promise<void>): Promise<void> {
  const cloud = await startTestCloud();
  try {
    await work(cloud);
  } finally {
    await cloud.close();
  }
}
