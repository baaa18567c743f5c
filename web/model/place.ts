/** What the page shows, as its address after `#` says. */
export type Place = { readonly kind: 'environments' } | EnvironmentPlace;

export interface EnvironmentPlace {
  readonly kind: 'environment';
  readonly name: string;
  readonly view: View;
  /** The service that is explained beside the view. */
  readonly service?: ServiceRef;
  /** What the services are filtered by. */
  readonly query?: string;
}

export const views = ['map', 'services', 'drift', 'access', 'history', 'steps'] as const;
export type View = (typeof views)[number];

export interface ServiceRef {
  readonly cluster: string;
  readonly namespace: string;
  readonly service: string;
}

/** Never fails: what is no place is the list of environments. */
export function placeOf(hash: string): Place {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [name = '', view = 'map', cluster, namespace, service] = path.split('/').map(decoded);
  if (name === '') return { kind: 'environments' };
  const query = new URLSearchParams(search).get('q');
  return {
    kind: 'environment',
    name,
    view: views.find((one) => one === view) ?? 'map',
    ...(cluster && namespace && service ? { service: { cluster, namespace, service } } : {}),
    ...(query === null || query === '' ? {} : { query }),
  };
}

/** The address of a place, to put behind `#`. */
export function hashOf(place: Place): string {
  if (place.kind === 'environments') return '#/';
  const { name, view, service, query } = place;
  const parts = [name, view, ...(service === undefined ? [] : [service.cluster, service.namespace, service.service])];
  const search = query === undefined || query === '' ? '' : `?q=${encodeURIComponent(query)}`;
  return `#/${parts.map(encodeURIComponent).join('/')}${search}`;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
