import { readResource } from '../azure/resource.ts';
import { withApiServerRule } from '../desired/apiServerEgress.ts';
import { apiVersions } from '../model/apiVersions.ts';
import { clustersOf } from '../model/clusters.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';

/** The spec with the rule to its API servers, as far as there are clusters; reads nothing where it asks for none. @throws ArmError */
export async function withApiServerNames(spec: EnvironmentSpec): Promise<EnvironmentSpec> {
  if (!spec.egress.apiServer) return spec;
  const clusters = await Promise.all(clustersOf(spec).map(({ id }) => readResource(id, apiVersions.containerService)));
  return withApiServerRule(spec, clusters);
}
