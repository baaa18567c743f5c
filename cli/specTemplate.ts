import { CommandError } from './commandError.ts';

/** What a name may be; the app says the same with more words. */
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;

/**
 * A spec with every field that people change, each at its default and explained. Whatever is left out has its default.
 *
 * @throws CommandError for a name that no environment can have
 */
export function specTemplate(name: string): string {
  if (!NAME.test(name)) {
    throw new CommandError(`"${name}" is no name of an environment`, 'Use 1 to 40 of a-z, 0-9 and -, such as shop');
  }
  return `# An AKS cluster behind Azure Firewall. Every field but the name may be left out: these are the defaults.
# All fields: docs/spec.md.

# Every resource's name begins with it.
name: ${name}
location: eastus

network:
  addressSpace: 10.42.0.0/16
  clusterSubnet: { name: aks-subnet, prefix: 10.42.1.0/24 } # nodes, and with the azure CNI pods too
  firewallSubnet: 10.42.2.0/24 # at least a /26

firewall:
  tier: Standard # or Basic, Premium
  rules: classic # or policy: a Firewall Policy with a rule collection group of Gatehouse's own
  threatIntel: Alert # or Off, Deny
  publicIpCount: 1 # more come from one prefix; Azure advises 20 in production, for SNAT ports

egress:
  presets: [aks, article] # also ubuntu-updates, monitor, defender, policy, key-vault, gpu, windows
  # allow:
  #   application:
  #     - { name: packages, fqdns: [registry.example.com], protocols: ['https:443'] }

cluster:
  nodeCount: 3
  nodeSize: Standard_DS2_v2
  serviceCidr: 10.0.0.0/16 # inside the cluster; overlaps with nothing

# access:
#   developers: # who reaches the API server; for a while: gatehouse grant
#     - { label: office, cidr: 203.0.113.0/24 }

ingress:
  expose: public # services with a public load balancer; or annotated, all
  policy: sync # or upsert-only (deletes nothing), report (writes nothing)
  defaultSources: { public: ['*'], internal: [] } # who reaches a service that names nobody

drift:
  action: repair # or report
`;
}
