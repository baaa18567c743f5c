import { apiVersions } from '../model/apiVersions.ts';
import { cloudOf, type Cloud } from '../model/cloud.ts';
import type { EnvironmentSpec, JumpboxSpec } from '../model/environmentSpec.ts';
import { addressAt, trustedRange } from '../model/ipRange.ts';
import { JUMPBOX_RULE, resourceIds, resourceNames } from '../model/names.ts';
import type { DnatRule } from '../model/natRule.ts';
import type { DesiredResource } from '../model/resource.ts';
import { tagged } from './resourceGroup.ts';

/** The first address of a subnet that Azure does not keep for itself. */
const FIRST_ADDRESS = 4;
const SSH_PORT = 22;

/** An environment that has a jumpbox. */
export type JumpboxEnvironment = EnvironmentSpec & { readonly jumpbox: JumpboxSpec };

export const hasJumpbox = (spec: EnvironmentSpec): spec is JumpboxEnvironment => spec.jumpbox !== undefined;

/** Its address in the network is given, so that the firewall's rule can be written before the machine is there. */
const addressOf = ({ subnet }: JumpboxSpec): string => addressAt(trustedRange(subnet), FIRST_ADDRESS);

/** The DNAT rule by which it is reached. @param frontend the firewall's first public address, bare */
export function jumpboxRule({ jumpbox }: JumpboxEnvironment, frontend: string): DnatRule {
  return {
    name: JUMPBOX_RULE,
    frontend,
    port: jumpbox.port,
    protocol: 'TCP',
    sources: jumpbox.sources,
    translatedAddress: addressOf(jumpbox),
    translatedPort: SSH_PORT,
  };
}

/** The network interface: no public IP, so that there is no way in but through the firewall. */
export function desiredJumpboxInterface(spec: JumpboxEnvironment): DesiredResource {
  const ids = resourceIds(spec);
  return {
    kind: 'networkInterface',
    id: ids.jumpboxInterface,
    apiVersion: apiVersions.network,
    body: {
      ...tagged(spec),
      properties: {
        ipConfigurations: [
          {
            name: 'ipconfig1',
            properties: {
              subnet: { id: ids.jumpboxSubnet },
              privateIPAllocationMethod: 'Static',
              privateIPAddress: addressOf(spec.jumpbox),
            },
          },
        ],
      },
    },
  };
}

/** The machine as it is created: Ubuntu LTS, by SSH key alone, with kubectl and az once its first boot has ended. */
export function desiredJumpbox(spec: JumpboxEnvironment): DesiredResource {
  const ids = resourceIds(spec);
  const names = resourceNames(spec);
  const { size, adminUser, sshKey } = spec.jumpbox;
  return {
    kind: 'virtualMachine',
    id: ids.jumpbox,
    apiVersion: apiVersions.compute,
    body: {
      ...tagged(spec),
      properties: {
        hardwareProfile: { vmSize: size },
        storageProfile: {
          imageReference: { publisher: 'Canonical', offer: 'ubuntu-24_04-lts', sku: 'server', version: 'latest' },
          osDisk: {
            name: names.jumpboxDisk,
            createOption: 'FromImage',
            deleteOption: 'Delete',
            caching: 'ReadWrite',
            managedDisk: { storageAccountType: 'StandardSSD_LRS' },
          },
        },
        osProfile: {
          computerName: names.jumpbox,
          adminUsername: adminUser,
          customData: btoa(cloudInit(cloudOf(spec.location))),
          linuxConfiguration: {
            disablePasswordAuthentication: true,
            // Azure takes no other place for the keys.
            ssh: { publicKeys: [{ path: `/home/${adminUser}/.ssh/authorized_keys`, keyData: sshKey }] },
          },
        },
        networkProfile: { networkInterfaces: [{ id: ids.jumpboxInterface }] },
      },
    },
  };
}

/** What of it can change once it is there: Azure refuses to change anything that the first boot has used. */
export function standingJumpbox(spec: JumpboxEnvironment): DesiredResource {
  const { body, ...jumpbox } = desiredJumpbox(spec);
  return {
    ...jumpbox,
    body: {
      location: body['location'] ?? null,
      tags: body['tags'] ?? null,
      properties: { hardwareProfile: { vmSize: spec.jumpbox.size } },
    },
  };
}

const azureCliName: Readonly<Record<Cloud, string>> = {
  public: 'AzureCloud',
  government: 'AzureUSGovernment',
  china: 'AzureChinaCloud',
};

/**
 * az from Microsoft's repository, and kubectl and kubelogin by az (https://learn.microsoft.com/cli/azure/install-azure-cli-linux,
 * `az aks install-cli`). Each step is tried until the way out is open.
 */
function cloudInit(cloud: Cloud): string {
  const repository = 'https://packages.microsoft.com/repos/azure-cli/';
  const key = '/etc/apt/keyrings/microsoft.asc';
  return `#cloud-config
write_files:
  - path: /usr/local/sbin/install-tools
    permissions: '0755'
    content: |
      #!/bin/bash
      set -euo pipefail
      export DEBIAN_FRONTEND=noninteractive HOME=/root
      mkdir -p /etc/apt/keyrings
      curl -fsSL --retry 30 --retry-all-errors --retry-delay 10 https://packages.microsoft.com/keys/microsoft.asc -o ${key}
      echo "deb [arch=$(dpkg --print-architecture) signed-by=${key}] ${repository} $(lsb_release -cs) main" > /etc/apt/sources.list.d/azure-cli.list
      apt-get -o Acquire::Retries=10 update
      apt-get -o Acquire::Retries=10 install -y azure-cli
      az cloud set --name ${azureCliName[cloud]}
      az aks install-cli
runcmd:
  - [bash, -c, 'for try in $(seq 10); do /usr/local/sbin/install-tools && break; sleep 30; done']
`;
}
