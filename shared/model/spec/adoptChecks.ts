import { lastSegment } from '../armId.ts';
import type { Problem } from '../problem.ts';
import type { AdoptSpec } from './adoptTypes.ts';
import type { Checked } from './checked.ts';
import { hasField } from './input.ts';
import { isWithin } from './scopes.ts';

/** Fields that describe what would be created. */
const createdFields = ['subscription', 'location', 'network', 'firewall', 'cluster', 'clusters', 'jumpbox'] as const;

/** How what is adopted fits together, and what the rest of the spec may say beside it. */
export function adoptProblems({ draft: { adopt }, sound, input, context }: Checked): readonly Problem[] {
  if (adopt === undefined || !sound('adopt')) return [];
  return [
    ...createdFields.filter((field) => hasField(input, field)).map(notBesideAdopt),
    ...(adopt.found === undefined ? [] : [foundIsOurs]),
    ...(hasField(input, 'egress') && !adopt.fix.includes('egress') ? [egressIsNotWritten] : []),
    ...idsOf(adopt)
      .filter(([, id]) => !context.allowedScopes.some((scope) => isWithin(id, scope)))
      .map(([path, id]) => outsideScopes(path, id)),
    ...repeatedClusters(adopt.clusters),
    ...(adopt.fix.includes('association') && adopt.routeTable === undefined ? [tableMissing] : []),
  ];
}

function notBesideAdopt(field: string): Problem {
  return {
    path: field,
    message: `${field} describes what would be created, and beside adopt nothing is`,
    remedy: 'Leave it out: what exists is found by the ids under adopt, and stays as it is.',
  };
}

const foundIsOurs: Problem = {
  path: 'adopt.found',
  message: 'what the ids lead to is looked up, not given',
  remedy: 'Leave it out.',
};

const egressIsNotWritten: Problem = {
  path: 'egress',
  message: 'egress rules of an adopted firewall are written only when told to',
  remedy: 'Add egress to adopt.fix, or leave the field out.',
};

function idsOf(adopt: AdoptSpec): readonly (readonly [string, string])[] {
  return [
    ['adopt.firewall', adopt.firewall],
    ...adopt.clusters.map((id, index) => [`adopt.clusters.${index}`, id] as const),
    ...(adopt.routeTable === undefined ? [] : [['adopt.routeTable', adopt.routeTable] as const]),
  ];
}

function outsideScopes(path: string, id: string): Problem {
  return {
    path,
    message: `${id} lies outside the scopes that the app may use`,
    remedy: 'Have its owner add it, its resource group or its subscription to GATEHOUSE_ALLOWED_SCOPES.',
  };
}

/** Rules and lanes are told apart by the clusters' names. */
function repeatedClusters(ids: readonly string[]): readonly Problem[] {
  const names = ids.map((id) => lastSegment(id).toLowerCase());
  return names.flatMap((name, index): Problem[] => {
    const first = names.indexOf(name);
    if (first === index) return [];
    const message =
      ids[first]?.toLowerCase() === ids[index]?.toLowerCase()
        ? 'the cluster is named twice'
        : `two clusters are called "${name}", and their rules could not be told apart`;
    return [{ path: `adopt.clusters.${index}`, message, remedy: 'Adopt one of them in an environment of its own.' }];
  });
}

const tableMissing: Problem = {
  path: 'adopt.routeTable',
  message: 'a subnet without a route table is to get one, and none is named',
  remedy: 'Give the id of the table that leads to the firewall, or take association out of adopt.fix.',
};
