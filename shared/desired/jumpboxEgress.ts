import { cloudOf, type Cloud } from '../model/cloud.ts';
import type { ApplicationRule } from './egressCatalogue.ts';
import type { JumpboxEnvironment } from './jumpbox.ts';
import { requiredNames } from './requiredEgress.ts';

/** What `az aks install-cli` downloads from: kubectl and kubelogin. */
const toolNames: Readonly<Record<Cloud, readonly string[]>> = {
  public: ['dl.k8s.io', 'cdn.dl.k8s.io', ...gitHubNames()],
  government: ['dl.k8s.io', 'cdn.dl.k8s.io', ...gitHubNames()],
  china: ['mirror.azure.cn'],
};

function gitHubNames(): readonly string[] {
  return ['api.github.com', 'github.com', 'objects.githubusercontent.com', 'release-assets.githubusercontent.com'];
}

/** Of what AKS requires, what people at a jumpbox use as well. */
const usedNames: readonly string[] = ['Azure Resource Manager', 'Entra', 'the API server'];

/** What the jumpbox, and nothing else, is let out to: packages for its tools, Azure and the API server. */
export function jumpboxEgress({ jumpbox, location }: JumpboxEnvironment): readonly ApplicationRule[] {
  const cloud = cloudOf(location);
  const sources = [jumpbox.subnet];
  const azure = requiredNames(cloud, location)
    .filter(({ use }) => usedNames.includes(use))
    .map(({ fqdn }) => fqdn);
  return [
    {
      name: 'ubuntu',
      protocols: ['http:80', 'https:443'],
      sources,
      fqdns: ['azure.archive.ubuntu.com', 'archive.ubuntu.com', 'security.ubuntu.com', 'changelogs.ubuntu.com'],
    },
    { name: 'tools', protocols: ['https:443'], sources, fqdns: ['packages.microsoft.com', ...toolNames[cloud]] },
    { name: 'azure', protocols: ['https:443'], sources, fqdns: azure },
  ];
}
