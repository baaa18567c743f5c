import { asText, isObject, objectAt, stringAt, type Json, type JsonObject } from '../json.ts';
import { evaluated, isDeclared, type Place, type Scope } from './evaluation.ts';
import { invalidTemplate } from './expressions.ts';
import { RUNTIME } from './functions.ts';
import { requireKnownType } from './knownTypes.ts';
import { parametersOf } from './parameters.ts';

/** A resource that a template would write. */
export interface TemplateResource {
  readonly id: string;
  readonly type: string;
  readonly apiVersion: string;
  /** The body with every expression evaluated, as far as it can be before anything is deployed. */
  readonly body: JsonObject;
}

/**
 * Everything that a template would write, nested templates included, each resource once. Throws ARM's refusal at the
 * first fault.
 *
 * @param given the parameters as a deployment has them: `{ name: { value } }`
 */
export function resourcesOf(template: JsonObject, given: JsonObject, place: Place): readonly TemplateResource[] {
  checkStructure(template, place);
  const declared = declaredResources(template);
  const symbols = new Set(declared.map(({ symbol }) => symbol));
  const bare: Scope = { place, parameters: {}, variables: objectAt(template, 'variables'), symbols };
  const scope: Scope = { ...bare, parameters: parametersOf(template, given, bare) };
  // What nothing uses is evaluated, too.
  for (const [name, value] of Object.entries(bare.variables)) if (name !== 'copy') evaluated(value ?? null, scope);
  const found = declared.flatMap(({ symbol, resource }) => copies(resource, scope, symbol));
  for (const output of Object.values(objectAt(template, 'outputs'))) {
    if (isObject(output)) evaluated(output['value'] ?? null, scope);
  }
  const ids = found.map(({ id }) => id.toLowerCase());
  const twice = found.find((_, index) => ids.indexOf(ids[index] ?? '') !== index);
  if (twice !== undefined) throw invalidTemplate(`The resource '${twice.id}' is defined multiple times in a template`);
  return found;
}

function checkStructure(template: JsonObject, { group }: Place): void {
  const schema = stringAt(template, '$schema') ?? '';
  const wanted = group === undefined ? 'subscriptionDeploymentTemplate' : 'deploymentTemplate';
  if (!new RegExp(`/${wanted}\\.json#?$`, 'i').test(schema))
    throw invalidTemplate(`The template's $schema '${schema}' does not match the scope: ${wanted}.json is expected`);
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(stringAt(template, 'contentVersion') ?? ''))
    throw invalidTemplate("The template's contentVersion is missing or not valid");
  if (!isObject(template['resources']) && !Array.isArray(template['resources']))
    throw invalidTemplate("Required property 'resources' not found in JSON");
}

/** By symbolic name in templates of language version 2.0; in older ones a list, whose dependencies are names or ids. */
function declaredResources(
  template: JsonObject,
): readonly { readonly symbol: string; readonly resource: JsonObject }[] {
  const { resources } = template;
  if (isObject(resources))
    return Object.keys(resources).map((symbol) => ({ symbol, resource: objectAt(resources, symbol) }));
  const list = (resources as readonly Json[]).filter(isObject);
  return list.map((resource, index) => ({ symbol: `#${index}`, resource }));
}

/** A resource as often as its copy loop says. */
function copies(resource: JsonObject, scope: Scope, symbol: string): readonly TemplateResource[] {
  if (!isObject(resource['copy'])) return written(resource, scope, symbol);
  const count = evaluated(objectAt(resource, 'copy')['count'] ?? 0, scope);
  if (typeof count !== 'number')
    throw invalidTemplate(`The copy count of '${symbol}' is not known before the deployment starts`);
  const loops = Array.from({ length: count }, (_, copyIndex) => ({ ...scope, copyIndex }));
  return loops.flatMap((loop) => written(resource, loop, symbol));
}

function written(resource: JsonObject, scope: Scope, symbol: string): readonly TemplateResource[] {
  checkDependencies(resource, scope, symbol);
  const type = asText(resource['type'] ?? '');
  const apiVersion = asText(resource['apiVersion'] ?? '');
  requireKnownType(type, apiVersion);
  if (resource['existing'] === true) return [];
  const condition = evaluated(resource['condition'] ?? true, scope);
  if (condition === RUNTIME)
    throw invalidTemplate(`The condition of '${symbol}' is not known before the deployment starts`);
  if (condition !== true) return [];
  if (type.toLowerCase() === 'microsoft.resources/deployments') return nested(resource, scope, symbol);
  const body = evaluatedBody(resource, scope);
  // A nested template whose parameters are known only later is judged when they are, as ARM does.
  if (body['name'] === RUNTIME && Object.values(scope.parameters).includes(RUNTIME)) return [];
  return [{ id: idOf(type, body, scope, symbol), type, apiVersion, body }];
}

function evaluatedBody(resource: JsonObject, scope: Scope): JsonObject {
  const { copy: _copy, dependsOn: _dependsOn, condition: _condition, ...rest } = resource;
  return evaluated(rest, scope) as JsonObject;
}

function idOf(type: string, body: JsonObject, { place }: Scope, symbol: string): string {
  const names = nameOf(body, symbol).split('/');
  const [namespace = '', ...types] = type.split('/');
  if (names.length !== types.length)
    throw invalidTemplate(
      `The template resource '${names.join('/')}' of type '${type}' has incorrect segment lengths. A nested resource type must have identical number of segments as its resource name`,
    );
  const subscription = `/subscriptions/${place.subscription}`;
  if (type.toLowerCase() === 'microsoft.resources/resourcegroups')
    return `${subscription}/resourceGroups/${names[0] ?? ''}`;
  const group = place.group === undefined ? subscription : `${subscription}/resourceGroups/${place.group}`;
  const { scope } = body;
  const base =
    typeof scope === 'string' && scope !== '' ? (scope.startsWith('/') ? scope : `${group}/providers/${scope}`) : group;
  return `${base}/providers/${namespace}${types.map((one, index) => `/${one}/${names[index] ?? ''}`).join('')}`;
}

/** A name has to be known before anything is deployed. */
function nameOf(body: JsonObject, symbol: string): string {
  const { name } = body;
  if (typeof name === 'string' && name !== '') return name;
  throw invalidTemplate(`The name of '${symbol}' is missing, or not known before the deployment starts`);
}

function checkDependencies(resource: JsonObject, scope: Scope, symbol: string): void {
  const list = Array.isArray(resource['dependsOn']) ? (resource['dependsOn'] as readonly Json[]) : [];
  for (const dependency of list) {
    // In a template without symbolic names these are ids and names, which are looked for at deployment.
    if (symbol.startsWith('#') || isDeclared(asText(evaluated(dependency, scope)), scope)) continue;
    throw invalidTemplate(
      `The resource '${asText(dependency)}', which '${symbol}' depends on, is not defined in the template`,
    );
  }
}

/** A template within a template, which has a scope of its own. */
function nested(resource: JsonObject, scope: Scope, symbol: string): readonly TemplateResource[] {
  const { properties: _properties, ...outside } = resource;
  const { name, subscriptionId, resourceGroup } = evaluatedBody(outside, scope);
  const template = objectAt(resource, 'properties', 'template');
  if (stringAt(resource, 'properties', 'expressionEvaluationOptions', 'scope')?.toLowerCase() !== 'inner')
    throw invalidTemplate(`Local Azure evaluates nested templates in their own scope, and '${symbol}' has another`);
  const given = objectAt(evaluated(objectAt(resource, 'properties', 'parameters'), scope));
  const { group: _group, ...place } = scope.place;
  const ofParent = scope.place.group === undefined ? undefined : scope.place.group;
  const group = resourceGroup === undefined ? ofParent : asText(resourceGroup);
  const found = resourcesOf(template, given, {
    ...place,
    deployment: asText(name),
    subscription: subscriptionId === undefined ? place.subscription : asText(subscriptionId),
    ...(group === undefined ? {} : { group }),
  });
  return found;
}
