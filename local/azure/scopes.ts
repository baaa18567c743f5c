import { worldOf } from './azure.ts';
import { invalidResourceType } from './errors.ts';
import type { Answer } from './http.ts';
import type { AnswerPoll } from './operationAnswers.ts';
import { kubernetesVersionsBody, orchestratorsBody } from './resources/kubernetesVersions.ts';
import { locationsBody } from './resources/locations.ts';
import { listProviders } from './resources/providers.ts';
import * as groups from './resources/resourceGroups.ts';
import { listGroups, listResources } from './resources/resourceLists.ts';
import { subscriptionBody } from './resources/subscriptions.ts';
import { computeUsages, networkUsages } from './resources/usages.ts';
import { vmSizeBody, vmSizes } from './resources/vmSizes.ts';
import { methodNotAllowed, ok, pathNotFound, type Visit } from './visit.ts';

/** Subscriptions, resource groups, lists of resources and the results of group deletions. */
export async function answerScope(visit: Visit, answerPoll: AnswerPoll): Promise<Answer> {
  const { azure, request, path, call } = visit;
  const { subscription, group } = path;
  const filter = request.url.searchParams.get('$filter');
  const segments = request.url.pathname.split('/').filter((segment) => segment !== '');
  const tail = segments.slice(group === undefined ? 2 : 4).map((segment) => segment.toLowerCase());
  if (group === undefined) {
    if (tail.length === 0) return ok(subscriptionBody(subscription));
    if (tail[0] === 'locations' && tail.length === 1) return ok(locationsBody(azure.cloud, subscription));
    if (tail[0] === 'resourcegroups') return ok(listGroups(azure, subscription, filter));
    if (tail[0] === 'resources') return ok(listResources(azure, `/subscriptions/${subscription}`, filter));
    if (tail[0] === 'providers') return ok(listProviders(azure, subscription));
    if (tail[0] === 'operationresults')
      return answerPoll(request.url, 'operationResults', segments[3] ?? '', azure.clock.now());
    throw pathNotFound(request);
  }
  if (tail[0] === 'resources') {
    const found = groups.requireGroup(azure, subscription, group, false);
    return ok(listResources(azure, found.id, filter));
  }
  if (tail.length > 0) throw pathNotFound(request);
  const found = groups.findGroup(azure, subscription, group);
  if (request.method === 'HEAD') return { status: found === undefined ? 404 : 204 };
  if (request.method === 'PUT') return groups.putGroup(azure, subscription, group, visit.body());
  const existing = groups.requireGroup(azure, subscription, group, request.method === 'PATCH');
  if (request.method === 'GET') return ok(existing.body);
  if (request.method === 'PATCH') return groups.patchGroup(azure, existing, visit.body());
  if (request.method === 'DELETE') return groups.deleteGroup(azure, existing, call);
  throw methodNotAllowed(request);
}

/** What a provider has in a location: operations and their results, usages, sizes and versions. */
export function answerLocation(visit: Visit, namespace: string, answerPoll: AnswerPoll): Answer {
  const { azure, request, path } = visit;
  const location = (path.names[0] ?? '').toLowerCase();
  const what = (path.types[1] ?? '').toLowerCase();
  const world = worldOf(azure, path.subscription);
  if (what === 'operations' || what === 'nfvoperations')
    return answerPoll(request.url, 'operations', path.names[1] ?? '', world.now);
  if (what === 'operationresults' || what === 'nfvoperationresults')
    return answerPoll(request.url, 'operationResults', path.names[1] ?? '', world.now);
  if (what === 'usages' && namespace === 'Microsoft.Network') return ok(networkUsages(world, location));
  if (what === 'usages' && namespace === 'Microsoft.Compute') return ok(computeUsages(world, location));
  if (what === 'vmsizes' && namespace === 'Microsoft.Compute') return ok({ value: vmSizes.map(vmSizeBody) });
  if (what === 'kubernetesversions' && namespace === 'Microsoft.ContainerService') return ok(kubernetesVersionsBody());
  if (what === 'orchestrators' && namespace === 'Microsoft.ContainerService')
    return ok(orchestratorsBody(path.subscription, location));
  throw invalidResourceType(namespace, `locations/${path.types[1] ?? ''}`, visit.call.apiVersion);
}
