import type { Azure } from '../azure.ts';
import { asText, compact, isObject, type JsonObject } from '../json.ts';
import { groupOf, isBelow, lastSegment } from '../resourceId.ts';
import { RULE_COLLECTION_GROUP_TYPE } from './firewallPolicyLinks.ts';
import { GROUP_TYPE } from './resourceGroups.ts';

/** The tracked resources of a group or subscription, as ARM lists them, by an optional `$filter` on tag, type, group and name. */
export function listResources(azure: Azure, scope: string, filter: string | null): JsonObject {
  const terms = filterTerms(filter);
  const wanted = (term: string, is: string) => (terms.get(term) ?? is).toLowerCase() === is.toLowerCase();
  const value = [...azure.store.resources.values()]
    .filter(({ id, body }) => isBelow(id, scope) && body['location'] !== undefined)
    .filter(({ type }) => type !== GROUP_TYPE && type !== RULE_COLLECTION_GROUP_TYPE)
    .filter(
      ({ id, type }) =>
        wanted('resourcetype', type) && wanted('resourcegroup', groupOf(id)) && wanted('name', lastSegment(id)),
    )
    .filter(({ body }) => hasWantedTag(body, terms))
    .map(({ id, type, body }) => {
      const { name, location, tags, sku, identity, managedBy } = body;
      return compact({ id, name, type, location, tags, sku, identity, managedBy });
    });
  return { value };
}

/** The groups of a subscription, by an optional `$filter` on a tag. */
export function listGroups(azure: Azure, subscription: string, filter: string | null): JsonObject {
  const terms = filterTerms(filter);
  const value = [...azure.store.resources.values()]
    .filter(({ id, type }) => type === GROUP_TYPE && isBelow(id, `/subscriptions/${subscription}`))
    .map(({ body }) => body)
    .filter((body) => hasWantedTag(body, terms));
  return { value };
}

/** The `name eq 'value'` terms of an OData filter, names in lower case. */
function filterTerms(filter: string | null): ReadonlyMap<string, string> {
  const terms = [...(filter ?? '').matchAll(/(\w+)\s+eq\s+'([^']*)'/gi)];
  return new Map(terms.map(([, name = '', value = '']) => [name.toLowerCase(), value]));
}

function hasWantedTag(body: JsonObject, terms: ReadonlyMap<string, string>): boolean {
  const name = terms.get('tagname')?.toLowerCase();
  const value = terms.get('tagvalue')?.toLowerCase();
  if (name === undefined) return true;
  return Object.entries(isObject(body['tags']) ? body['tags'] : {}).some(
    ([tag, content]) =>
      tag.toLowerCase() === name && (value ?? asText(content).toLowerCase()) === asText(content).toLowerCase(),
  );
}
