import type { Shape } from './resourceType.ts';

const agentPoolShape: Shape = {
  ...{ artifactStreamingProfile: true, availabilityZones: true, capacityReservationGroupID: true, count: true },
  ...{ creationData: true, currentOrchestratorVersion: true, eTag: true, enableAutoScaling: true },
  ...{ enableEncryptionAtHost: true, enableFIPS: true, enableNodePublicIP: true, enableUltraSSD: true },
  ...{ gatewayProfile: true, gpuInstanceProfile: true, gpuProfile: true, hostGroupID: true, kubeletConfig: true },
  ...{ kubeletDiskType: true, linuxOSConfig: true, localDNSProfile: true, maxCount: true, maxPods: true },
  ...{ messageOfTheDay: true, minCount: true, mode: true, name: true, networkProfile: true, nodeImageVersion: true },
  ...{ nodeLabels: true, nodePublicIPPrefixID: true, nodeTaints: true, orchestratorVersion: true, osDiskSizeGB: true },
  ...{ osDiskType: true, osSKU: true, osType: true, podIPAllocationMode: true, podSubnetID: true, powerState: true },
  ...{ provisioningState: true, proximityPlacementGroupID: true, scaleDownMode: true, scaleSetEvictionPolicy: true },
  ...{ scaleSetPriority: true, securityProfile: true, spotMaxPrice: true, status: true, tags: true, type: true },
  ...{ upgradeSettings: true, virtualMachineNodesStatus: true, virtualMachinesProfile: true, vmSize: true },
  ...{ vnetSubnetID: true, windowsProfile: true, workloadRuntime: true },
};

/** What a PUT body of a managed cluster may contain, read-only members included: clients send back what they read. */
export const managedClusterShape: Shape = {
  ...{ id: true, name: true, type: true, eTag: true, systemData: true, kind: true, extendedLocation: true },
  ...{ location: true, tags: true },
  sku: { name: true, tier: true },
  identity: { type: true, principalId: true, tenantId: true, userAssignedIdentities: true, delegatedResources: true },
  properties: {
    ...{ aadProfile: true, addonProfiles: true, aiToolchainOperatorProfile: true, autoScalerProfile: true },
    ...{ autoUpgradeProfile: true, azureMonitorProfile: true, azurePortalFQDN: true, bootstrapProfile: true },
    ...{ currentKubernetesVersion: true, disableLocalAccounts: true, diskEncryptionSetID: true, dnsPrefix: true },
    ...{ enableRBAC: true, fqdn: true, fqdnSubdomain: true, hostedSystemProfile: true, httpProxyConfig: true },
    ...{
      identityProfile: true,
      ingressProfile: true,
      kubernetesVersion: true,
      linuxProfile: true,
      maxAgentPools: true,
    },
    ...{ metricsProfile: true, nodeProvisioningProfile: true, nodeResourceGroup: true, nodeResourceGroupProfile: true },
    ...{ oidcIssuerProfile: true, podIdentityProfile: true, powerState: true, privateFQDN: true },
    ...{ privateLinkResources: true, provisioningState: true, publicNetworkAccess: true, resourceUID: true },
    ...{ schedulerProfile: true, securityProfile: true, serviceMeshProfile: true, servicePrincipalProfile: true },
    ...{ status: true, storageProfile: true, supportPlan: true, upgradeSettings: true, windowsProfile: true },
    workloadAutoScalerProfile: true,
    agentPoolProfiles: agentPoolShape,
    apiServerAccessProfile: {
      ...{ authorizedIPRanges: true, disableRunCommand: true, enablePrivateCluster: true },
      ...{ enablePrivateClusterPublicFQDN: true, enableVnetIntegration: true, privateDNSZone: true, subnetId: true },
    },
    networkProfile: {
      ...{ advancedNetworking: true, dnsServiceIP: true, dockerBridgeCidr: true, ipFamilies: true },
      ...{ loadBalancerProfile: true, loadBalancerSku: true, natGatewayProfile: true, networkDataplane: true },
      ...{ networkMode: true, networkPlugin: true, networkPluginMode: true, networkPolicy: true, outboundType: true },
      ...{ podCidr: true, podCidrs: true, serviceCidr: true, serviceCidrs: true, staticEgressGatewayProfile: true },
    },
  },
};
