import { readResource } from '../azure/resource.ts';
import { hasJumpbox } from '../desired/jumpbox.ts';
import { apiVersions } from '../model/apiVersions.ts';
import type { EnvironmentSpec } from '../model/environmentSpec.ts';
import { resourceIds } from '../model/names.ts';
import type { ActualJumpbox } from '../plan/drift/comparison.ts';

/** Machine and network interface, side by side; undefined where the spec has no jumpbox. @throws ArmError */
export async function observeJumpbox(spec: EnvironmentSpec): Promise<ActualJumpbox | undefined> {
  if (!hasJumpbox(spec)) return undefined;
  const ids = resourceIds(spec);
  const [machine, networkInterface] = await Promise.all([
    readResource(ids.jumpbox, apiVersions.compute),
    readResource(ids.jumpboxInterface, apiVersions.network),
  ]);
  return { ...(machine !== undefined && { machine }), ...(networkInterface !== undefined && { networkInterface }) };
}
