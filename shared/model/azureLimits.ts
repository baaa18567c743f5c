/** Authorized ranges of an API server. 2000 only with API server VNet integration, which is not used. */
export const MAX_AUTHORIZED_RANGES = 200;

/** Frontends of a firewall and its DNAT destinations together. */
export const MAX_FRONTENDS_AND_DESTINATIONS = 250;

/** Azure gives prefixes of /28 to /31 without asking anybody. */
export const LARGEST_PREFIX_ADDRESSES = 16;

/** As how many ranges the API server and the route table know that many new frontends: one for each prefix, or alone. */
export const rangesOfFrontends = (count: number): number => Math.ceil(count / LARGEST_PREFIX_ADDRESSES);
