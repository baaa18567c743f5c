/**
 * How long servers here keep a connection open that nobody uses, ms: four minutes, as Azure's load balancers do
 * (https://learn.microsoft.com/azure/load-balancer/load-balancer-tcp-reset). Node's own servers give up after five seconds, just as
 * clients that ask every few seconds send their next request.
 */
export const KEEP_ALIVE_MS = 240_000;
