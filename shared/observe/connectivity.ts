import { connect, isIPv4 } from 'node:net';
import { bareAddress, contains, rangeOf } from '../model/ipRange.ts';
import type { DnatRule } from '../model/natRule.ts';
import { settings } from '../settings.ts';

/** What a client on the Internet would meet, as far as the app can tell from where it is. */
export type Connectivity =
  | { readonly result: 'connected' }
  /** Somebody answered, and not with a connection; or a probe knows where on the way it ends. */
  | { readonly result: 'refused'; readonly reason: string }
  | { readonly result: 'timeout' }
  /** Nothing was sent: nothing is said about the publication, least of all that it is broken. */
  | { readonly result: 'not checked'; readonly reason: string };

export interface ProbeOptions {
  /** The environment's own frontends; nothing else is ever connected to. */
  readonly frontends: readonly string[];
  readonly deadlineSeconds: number;
}

/**
 * Tries a published port as a client would: a TCP connection that is given up as soon as it stands. Where the app can't
 * reach the Internet by itself, or the firewall isn't on it, `GATEHOUSE_PROBE_ENDPOINT` is asked in its place: POST
 * `{ from, to, port, protocol }`, answered by `{ reachable }`, with a `reason` where it is false.
 *
 * @returns never throws
 */
export async function probeConnectivity(
  rule: Pick<DnatRule, 'frontend' | 'port' | 'protocol' | 'sources'>,
  options: ProbeOptions,
): Promise<Connectivity> {
  const { outboundRanges, probeEndpoint } = settings();
  const obstacle = reasonNotToCheck(rule, options.frontends, outboundRanges);
  if (obstacle !== undefined) return { result: 'not checked', reason: obstacle };
  return probeEndpoint === undefined
    ? connectTo(rule, options.deadlineSeconds)
    : askProbe(probeEndpoint, { ...rule, from: outboundRanges[0] ?? '' }, options.deadlineSeconds);
}

function reasonNotToCheck(
  { frontend, protocol, sources }: Pick<DnatRule, 'frontend' | 'protocol' | 'sources'>,
  frontends: readonly string[],
  outboundRanges: readonly string[],
): string | undefined {
  if (protocol !== 'TCP') return `${protocol} tells nobody whether it arrived.`;
  // A name would be looked up, and leads wherever whoever owns it likes.
  if (!isIPv4(frontend) || !frontends.some((one) => bareAddress(one) === frontend))
    return `${frontend} is no frontend of the environment.`;
  return isAmong(outboundRanges, sources)
    ? undefined
    : "The app's addresses (GATEHOUSE_OUTBOUND_RANGES) are not among the rule's sources.";
}

/** Whether every address that the app may come from is let in; one that is not known is let in by `*` alone. */
function isAmong(outboundRanges: readonly string[], sources: readonly string[]): boolean {
  if (sources.includes('*')) return true;
  const allowed = sources.flatMap((text) => rangeOf(text) ?? []);
  const own = outboundRanges.map(rangeOf);
  return own.length > 0 && own.every((range) => range !== undefined && allowed.some((outer) => contains(outer, range)));
}

function connectTo(
  { frontend, port }: Pick<DnatRule, 'frontend' | 'port'>,
  deadlineSeconds: number,
): Promise<Connectivity> {
  return new Promise((resolve) => {
    const socket = connect({ host: frontend, port });
    const finish = (connectivity: Connectivity) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(connectivity);
    };
    const timer = setTimeout(() => finish({ result: 'timeout' }), deadlineSeconds * 1000);
    socket.once('connect', () => finish({ result: 'connected' }));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      finish(error.code === 'ETIMEDOUT' ? { result: 'timeout' } : { result: 'refused', reason: error.message }),
    );
  });
}

async function askProbe(
  endpoint: string,
  { frontend, port, protocol, from }: Pick<DnatRule, 'frontend' | 'port' | 'protocol'> & { readonly from: string },
  deadlineSeconds: number,
): Promise<Connectivity> {
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      // Any address of the app's will do: all of them are among the sources.
      body: JSON.stringify({ from: from.replace(/\/\d+$/, ''), to: frontend, port, protocol }),
      signal: AbortSignal.timeout(deadlineSeconds * 1000),
    });
    const answer = (await response.json()) as { readonly reachable?: unknown; readonly reason?: unknown } | null;
    if (answer?.reachable === true) return { result: 'connected' };
    if (answer?.reachable !== false) {
      return {
        result: 'not checked',
        reason: `GATEHOUSE_PROBE_ENDPOINT answered ${response.status} without a result.`,
      };
    }
    return { result: 'refused', reason: typeof answer.reason === 'string' ? answer.reason : 'no reason given' };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { result: 'not checked', reason: `GATEHOUSE_PROBE_ENDPOINT could not be asked: ${message}` };
  }
}
