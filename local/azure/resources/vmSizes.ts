import type { JsonObject } from '../json.ts';

export interface VmSize {
  readonly name: string;
  readonly cores: number;
  readonly memoryGB: number;
  /** The usage that counts this size's cores. */
  readonly family: string;
}

/** A few sizes of the families that clusters usually run on. */
export const vmSizes: readonly VmSize[] = [
  ...sizes('Standard_B', 's', 'standardBSFamily', 2, [2]),
  ...sizes('Standard_B', 'ms', 'standardBSFamily', 4, [2, 4, 8]),
  ...sizes('Standard_DS', '_v2', 'standardDSv2Family', 3.5, [2, 3, 4]).map((size, index) => ({
    ...size,
    cores: 2 ** (index + 1),
  })),
  ...sizes('Standard_D', 's_v3', 'standardDSv3Family', 4, [2, 4, 8, 16]),
  ...sizes('Standard_D', 's_v5', 'standardDSv5Family', 4, [2, 4, 8, 16, 32]),
  ...sizes('Standard_D', 'ds_v5', 'standardDDSv5Family', 4, [2, 4, 8, 16, 32]),
  ...sizes('Standard_E', 's_v5', 'standardESv5Family', 8, [2, 4, 8, 16, 32]),
  ...sizes('Standard_F', 's_v2', 'standardFSv2Family', 2, [2, 4, 8, 16]),
];

export function vmSize(name: string): VmSize | undefined {
  return vmSizes.find((size) => size.name.toLowerCase() === name.toLowerCase());
}

/** A size as Microsoft.Compute lists it. */
export function vmSizeBody({ name, cores, memoryGB }: VmSize): JsonObject {
  return {
    name,
    numberOfCores: cores,
    osDiskSizeInMB: 1_047_552,
    resourceDiskSizeInMB: cores * 8192,
    memoryInMB: memoryGB * 1024,
    maxDataDiskCount: cores * 4,
  };
}

function sizes(
  prefix: string,
  suffix: string,
  family: string,
  gigabytesPerCore: number,
  cores: readonly number[],
): readonly VmSize[] {
  return cores.map((count) => ({
    name: `${prefix}${count}${suffix}`,
    cores: count,
    memoryGB: count * gigabytesPerCore,
    family,
  }));
}
