export type VersionMatchStrategy = 'None' | 'Strict' | 'CurrentOrOlder';

export interface VersionSettings {
  /** `defaultVersion` of host.json: the version of new orchestrations, and the one this app runs. */
  readonly defaultVersion: string | null;
  readonly matchStrategy: VersionMatchStrategy;
  /** Reject leaves an instance of another version alone, Fail ends it. */
  readonly failureStrategy: 'Reject' | 'Fail';
}

/** @returns why this app does not run an instance of that version; undefined when it does. */
export function versionMismatch(settings: VersionSettings, version: string | null): string | undefined {
  const { defaultVersion, matchStrategy } = settings;
  if (defaultVersion === null || matchStrategy === 'None') return undefined;
  const order = compareVersions(version, defaultVersion);
  if (matchStrategy === 'Strict' ? order === 0 : order <= 0) return undefined;
  return (
    `version '${version ?? ''}' of the orchestration does not match version '${defaultVersion}' of the app ` +
    `(versionMatchStrategy ${matchStrategy})`
  );
}

/** DurableTask.Core's order: nothing before anything, numbers part by part, anything else as text without case. */
export function compareVersions(a: string | null, b: string | null): number {
  const [left, right] = [a?.trim() ?? '', b?.trim() ?? ''];
  if (left === '' || right === '') return Number(left !== '') - Number(right !== '');
  const [leftParts, rightParts] = [numericParts(left), numericParts(right)];
  if (leftParts === undefined || rightParts === undefined)
    return Math.sign(left.toLowerCase().localeCompare(right.toLowerCase(), 'en'));
  for (let index = 0; index < 4; index++) {
    // A part that is left out comes before 0, as in .NET's System.Version.
    const difference = (leftParts[index] ?? -1) - (rightParts[index] ?? -1);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

const numericParts = (version: string): number[] | undefined =>
  /^\d+(\.\d+){1,3}$/.test(version) ? version.split('.').map(Number) : undefined;
