/** What the typed clients want in place of an id. */
export interface ResourceParts {
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly name: string;
}

/** Takes a resource's id apart; ids come in any case. @throws RangeError for what is none */
export function partsOf(id: string): ResourceParts {
  const [, subscription, resourceGroup, name] =
    /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/.*\/([^/]+)$/i.exec(id) ?? [];
  if (subscription === undefined || resourceGroup === undefined || name === undefined) {
    throw new RangeError(`${id} is not the id of a resource in a resource group.`);
  }
  return { subscription, resourceGroup, name };
}
