import * as z from 'zod';
import { MAX_FRONTENDS_AND_DESTINATIONS } from '../azureLimits.ts';
import { canonicalLocation } from '../cloud.ts';
import { environmentNamePattern, firewallSubnetName, managementSubnetName } from '../names.ts';
import { MAX_DNAT_PORT } from '../natRule.ts';
import { clusterFields, MAX_CLUSTERS } from './clusterSchema.ts';
import {
  addressText,
  cidrText,
  destinationText,
  expiryTime,
  fqdnPatternText,
  fqdnText,
  grantLabel,
  grantRange,
  guidText,
  namedText,
  namespaceText,
  parsedText,
  portText,
  shown,
  sourceText,
} from './fields.ts';
import { adoptSchema } from './adopt.ts';
import { jumpboxSchema } from './jumpbox.ts';
import { egressPresetNames } from './types.ts';

const MAX_RULES = 200;
const MAX_DNS_SERVERS = 20;

/** An object of which every part has a default, so that it may be left out itself. */
function section<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape).prefault({} as never);
}

const environmentName = namedText(environmentNamePattern, {
  message: 'is no name of an environment',
  remedy: "Use 1 to 40 of a-z, 0-9 and '-', with a letter or digit at both ends.",
});

const subscriptionId = guidText({
  message: 'is no subscription id',
  remedy: 'Give the id, a GUID: `az account show --query id` prints it.',
});

const location = parsedText(
  (text) => {
    const canonical = canonicalLocation(text);
    if (/^[a-z][a-z0-9]{2,29}$/.test(canonical)) return canonical;
    return {
      message: `"${shown(text)}" is no location`,
      remedy: 'Give a region such as eastus: `az account list-locations` prints them.',
    };
  },
  { description: 'A region such as eastus; capitals and spaces are no matter.' },
);

const subnetName = namedText(/^[A-Za-z0-9]([A-Za-z0-9_.-]{0,78}[A-Za-z0-9_])?$/, {
  message: 'is no name of a subnet',
  remedy: "Use 1 to 80 letters, digits, '_', '.' and '-', starting with a letter or digit.",
});

const ruleName = namedText(/^[A-Za-z0-9]([A-Za-z0-9_.-]{0,78}[A-Za-z0-9_])?$/, {
  message: 'is no name of a rule',
  remedy: "Use 1 to 80 letters, digits, '_', '.' and '-', starting with a letter or digit.",
});

const subnetSize = { widest: 8, narrowest: 29 };
const whySubnetSize = 'networks and subnets are between /8 and /29';

/** A subnet may be written as its range alone. */
function subnet<Shape extends z.ZodRawShape>(shape: Shape) {
  const schema = z.strictObject(shape);
  return z.preprocess((value) => (typeof value === 'string' ? { prefix: value } : value), schema);
}

const network = section({
  addressSpace: cidrText(subnetSize, whySubnetSize).prefault('10.42.0.0/16'),
  clusterSubnet: subnet({
    name: subnetName.prefault('aks-subnet'),
    prefix: cidrText(subnetSize, whySubnetSize).prefault('10.42.1.0/24'),
  }).prefault({}),
  firewallSubnet: subnet({
    name: z.literal(firewallSubnetName).prefault(firewallSubnetName),
    prefix: cidrText({ widest: 8, narrowest: 26 }, 'the firewall scales out into a subnet of /26 or wider').prefault(
      '10.42.2.0/24',
    ),
  }).prefault({}),
  /** Of the Basic tier alone, which has a default for it. */
  managementSubnet: subnet({
    name: z.literal(managementSubnetName).prefault(managementSubnetName),
    prefix: cidrText({ widest: 8, narrowest: 26 }, 'the firewall is managed through a subnet of /26 or wider'),
  }).exactOptional(),
  ingressSubnet: subnet({
    name: subnetName.prefault('ingress-subnet'),
    prefix: cidrText(subnetSize, whySubnetSize),
  }).exactOptional(),
});

const firewall = section({
  tier: z.enum(['Basic', 'Standard', 'Premium']).prefault('Standard'),
  rules: z.enum(['classic', 'policy']).prefault('classic'),
  zones: z.array(z.enum(['1', '2', '3'])).prefault([]),
  threatIntel: z.enum(['Off', 'Alert', 'Deny']).prefault('Alert'),
  /** Where the tier has one, unless it is told otherwise. */
  dnsProxy: z.boolean().exactOptional(),
  dnsServers: z.array(addressText).max(MAX_DNS_SERVERS).exactOptional(),
  publicIpCount: z.int().min(1).max(MAX_FRONTENDS_AND_DESTINATIONS).prefault(1),
});

const applicationRule = z.strictObject({
  name: ruleName,
  fqdns: z.array(fqdnPatternText).min(1).max(MAX_RULES),
  protocols: z
    .array(
      namedText(/^(https?|mssql):([1-9]\d{0,3}|[1-5]\d{4}|6[0-3]\d{3})$/, {
        message: 'is no protocol of an application rule',
        remedy: 'Give protocol and port, such as https:443, http:80 or mssql:1433.',
      }),
    )
    .min(1)
    .max(10)
    .prefault(['https:443']),
});

const networkRule = z
  .strictObject({
    name: ruleName,
    protocols: z
      .array(z.enum(['TCP', 'UDP', 'ICMP', 'Any']))
      .min(1)
      .max(4)
      .prefault(['TCP']),
    destinations: z.array(destinationText).max(MAX_RULES).prefault([]),
    fqdns: z.array(fqdnText).max(MAX_RULES).prefault([]),
    ports: z.array(portText(1, 65535)).min(1).max(MAX_RULES),
  })
  .refine((rule) => rule.destinations.length > 0 !== rule.fqdns.length > 0, {
    error: 'a network rule goes either to destinations or to fqdns',
    params: { remedy: 'Give one of the two lists; write two rules for both.' },
  });

const egress = section({
  presets: z.array(z.enum(egressPresetNames)).prefault(['aks', 'article']),
  allow: section({
    application: z.array(applicationRule).max(MAX_RULES).prefault([]),
    network: z.array(networkRule).max(MAX_RULES).prefault([]),
  }),
  apiServer: z.boolean().prefault(false),
});

const cluster = section(clusterFields);

const listedCluster = z.strictObject({
  ...clusterFields,
  /** Has a default for each cluster; see `clusterList.ts`. */
  subnet: subnet({
    name: subnetName.exactOptional(),
    prefix: cidrText(subnetSize, whySubnetSize).exactOptional(),
  }).prefault({}),
});

const access = section({
  developers: z
    .array(
      z.strictObject({
        label: grantLabel,
        cidr: grantRange,
        expires: expiryTime.exactOptional(),
      }),
    )
    .max(MAX_RULES)
    .prefault([]),
});

const sourceList = z.array(sourceText).max(MAX_RULES);

const ingress = section({
  /** `public` when left out, `annotated` beside `adopt`. */
  expose: z.enum(['public', 'annotated', 'all']).exactOptional(),
  namespaces: z.union([z.literal('all'), z.array(namespaceText).max(MAX_RULES)]).prefault('all'),
  allowedSources: z.union([z.literal('all'), sourceList]).prefault('all'),
  allowedPorts: z.union([z.literal('all'), z.array(portText(1, MAX_DNAT_PORT)).max(MAX_RULES)]).prefault('all'),
  policy: z.enum(['sync', 'upsert-only', 'report']).prefault('sync'),
  defaultSources: section({
    public: sourceList.prefault(['*']),
    internal: sourceList.prefault([]),
  }),
  maxDeletes: section({
    percent: z.number().min(0).max(100).prefault(20),
    count: z.int().min(0).max(1000).prefault(5),
  }),
});

/** The whole table of what a spec may say, whether it is built yet or not. Relations between fields are checked apart. */
export const specSchema = z.strictObject({
  name: environmentName,
  subscription: subscriptionId.exactOptional(),
  location: location.prefault('eastus'),
  network,
  firewall,
  egress,
  cluster,
  access,
  ingress,
  drift: section({ action: z.enum(['repair', 'report']).prefault('repair') }),
  jumpbox: jumpboxSchema.exactOptional(),
  adopt: adoptSchema.exactOptional(),
  /** In place of `cluster`. */
  clusters: z.array(listedCluster).min(1).max(MAX_CLUSTERS).exactOptional(),
});

/** What the schema gives: every field well-formed, defaults filled in, nothing yet said about how they fit together. */
export type SpecDraft = z.output<typeof specSchema>;
