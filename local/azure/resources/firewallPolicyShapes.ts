import type { Shape } from './resourceType.ts';

/** What PUT bodies of firewall policies and their rule collection groups may contain, read-only members included. */
const reference = { id: true } as const;
const identity = { id: true, name: true, type: true, etag: true, location: true } as const;

export const firewallPolicyShape: Shape = {
  ...identity,
  tags: true,
  identity: true,
  properties: {
    provisioningState: true,
    size: true,
    basePolicy: reference,
    childPolicies: true,
    dnsSettings: { servers: true, enableProxy: true, requireProxyForNetworkRules: true },
    explicitProxy: true,
    firewalls: true,
    insights: true,
    intrusionDetection: true,
    ruleCollectionGroups: true,
    sku: { tier: true },
    snat: true,
    sql: true,
    threatIntelMode: true,
    threatIntelWhitelist: { fqdns: true, ipAddresses: true },
    transportSecurity: true,
  },
};

const ruleShape: Shape = {
  ...{ ruleType: true, name: true, description: true, sourceAddresses: true, sourceIpGroups: true },
  ...{ destinationAddresses: true, destinationPorts: true, ipProtocols: true },
  ...{ translatedAddress: true, translatedFqdn: true, translatedPort: true },
  ...{ destinationFqdns: true, destinationIpGroups: true, ipv6Rule: true },
  protocols: { protocolType: true, port: true },
  ...{ fqdnTags: true, targetFqdns: true, targetUrls: true, terminateTLS: true, webCategories: true },
  httpHeadersToInsert: true,
};

export const ruleCollectionGroupShape: Shape = {
  ...identity,
  properties: {
    provisioningState: true,
    size: true,
    priority: true,
    ruleCollections: {
      ruleCollectionType: true,
      name: true,
      priority: true,
      action: { type: true },
      rules: ruleShape,
    },
  },
};
