import type { JsonObject } from '../json.ts';

/** Patch versions that clusters can be created with, newest first. */
export const kubernetesVersions = ['1.34.2', '1.34.1', '1.33.6', '1.33.5', '1.32.10', '1.32.9', '1.31.13'] as const;
const defaultKubernetesVersion = '1.33.6';

/** What a cluster runs for what was asked: nothing, a minor version or a patch version. */
export function fullVersion(asked: string): string {
  if (asked === '') return defaultKubernetesVersion;
  return kubernetesVersions.find((version) => version === asked || version.startsWith(`${asked}.`)) ?? asked;
}

/** The list as Microsoft.ContainerService answers it, by minor version. */
export function kubernetesVersionsBody(): JsonObject {
  const minors = [...new Set(kubernetesVersions.map((version) => version.split('.').slice(0, 2).join('.')))];
  return {
    values: minors.map((minor) => ({
      version: minor,
      ...(defaultKubernetesVersion.startsWith(`${minor}.`) ? { isDefault: true } : {}),
      capabilities: { supportPlan: ['KubernetesOfficial', 'AKSLongTermSupport'] },
      patchVersions: Object.fromEntries(
        kubernetesVersions
          .filter((version) => version.startsWith(`${minor}.`))
          .map((version) => [version, { upgrades: kubernetesVersions.slice(0, kubernetesVersions.indexOf(version)) }]),
      ),
    })),
  };
}

/**
 * The same versions as az 2.45 asks for them (`locations/orchestrators`, api-version 2019-04-01,
 * ContainerServices_ListOrchestrators).
 */
export function orchestratorsBody(subscription: string, location: string): JsonObject {
  const profile = (version: string) => ({ orchestratorType: 'Kubernetes', orchestratorVersion: version });
  return {
    id: `/subscriptions/${subscription}/providers/Microsoft.ContainerService/locations/${location}/orchestrators`,
    name: 'default',
    type: 'Microsoft.ContainerService/locations/orchestrators',
    properties: {
      orchestrators: kubernetesVersions.map((version, index) => ({
        ...profile(version),
        ...(version === defaultKubernetesVersion ? { default: true } : {}),
        upgrades: kubernetesVersions.slice(0, index).map(profile),
      })),
    },
  };
}
