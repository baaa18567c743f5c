/** Authorized ranges of an API server. 2000 only with API server VNet integration, which is not used. */
export const MAX_AUTHORIZED_RANGES = 200;
