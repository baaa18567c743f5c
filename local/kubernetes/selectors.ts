import { at } from './json.ts';
import type { KubernetesObject } from './objects.ts';
import type { ResourceType } from './resourceTypes.ts';
import { badRequest } from './statuses.ts';

export type Selector = (object: KubernetesObject) => boolean;

/** The objects that a request's fieldSelector, labelSelector and namespace (empty: all) leave. */
export function selectorOf(type: ResourceType, namespace: string, query: URLSearchParams): Selector {
  const terms = [
    ...fieldTerms(type, query.get('fieldSelector') ?? ''),
    ...labelTerms(query.get('labelSelector') ?? ''),
    ...(namespace === '' ? [] : [(object: KubernetesObject) => object.metadata.namespace === namespace]),
  ];
  return (object) => terms.every((term) => term(object));
}

function fieldTerms(type: ResourceType, text: string): readonly Selector[] {
  return text
    .split(',')
    .filter((term) => term !== '')
    .map((term) => {
      const match = /^([^!=]+)(!=|==|=)(.*)$/.exec(term);
      if (match === null) throw badRequest(`invalid field selector: ${JSON.stringify(term)}; can't understand it`);
      const [, field = '', operator, wanted = ''] = match;
      const selectable = ['metadata.name', 'metadata.namespace', ...type.selectableFields];
      if (!selectable.includes(field)) throw badRequest(`field label not supported: ${field}`);
      const path = field === 'source' ? ['source', 'component'] : field.split('.');
      const holds = (object: KubernetesObject) => (at(object, ...path) ?? '') === wanted;
      return operator === '!=' ? (object) => !holds(object) : holds;
    });
}

const REQUIREMENT = /^\s*(!?)\s*([\w./-]+)\s*(?:(==|=|!=)\s*([\w.-]*)|(in|notin)\s*\(([^)]*)\))?\s*$/;

function labelTerms(text: string): readonly Selector[] {
  const terms = text.match(/(?:[^,(]|\([^)]*\))+/g) ?? [];
  return terms.map((term) => {
    const match = REQUIREMENT.exec(term);
    if (match === null) {
      throw badRequest(`unable to parse requirement: ${JSON.stringify(term)} is not a label selector requirement`);
    }
    const [, not, key = '', operator, value = '', set, members = ''] = match;
    const labelOf = (object: KubernetesObject) => object.metadata.labels?.[key];
    if (set !== undefined) {
      const wanted = members.split(',').map((member) => member.trim());
      const within = (object: KubernetesObject) => wanted.includes(labelOf(object) ?? '\u0000');
      return set === 'in' ? within : (object) => !within(object);
    }
    if (operator === undefined) return (object) => (labelOf(object) !== undefined) === (not === '');
    return (object) => (labelOf(object) === value) === (operator !== '!=');
  });
}
