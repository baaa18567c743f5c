import { bareAddress, contains, rangeOf } from '../model/ipRange.ts';
import type { PublicationFacts, WantedPublication } from '../model/publication.ts';
import { annotationNames } from '../model/serviceAnnotations.ts';
import type { LoadBalancerService } from '../model/service.ts';
import { refused, type Refusal } from './refusal.ts';

/** The frontends that will do for a service. */
export type FrontendChoice =
  | { readonly ok: true; readonly choice: Pick<WantedPublication, 'frontends' | 'asksForFrontend'> }
  | { readonly ok: false; readonly refusal: Refusal };

/**
 * Chooses among the firewall's public addresses. Replies of a public load balancer must leave straight to the frontend that
 * they belong to, past the default route, so only frontends with a route → Internet do; an internal one answers to the
 * firewall itself.
 */
export function frontendChooser(
  facts: PublicationFacts,
): (service: LoadBalancerService, internal: boolean) => FrontendChoice {
  const frontends = facts.frontends.map(bareAddress);
  const any = choiceOf(frontends);
  const byCluster = new Map(
    Object.entries(facts.routesToInternet).map(([cluster, prefixes]) => {
      const routed = routedFrontends(frontends, prefixes);
      return [cluster, { routed, choice: choiceOf(routed, frontends[0]) }] as const;
    }),
  );
  const unrouted = { routed: [], choice: choiceOf([], frontends[0]) };
  return ({ cluster, annotations: { frontend: asked } }, internal) => {
    const { routed, choice }: RoutedChoice = byCluster.get(cluster) ?? unrouted;
    if (asked === undefined) return internal ? any : choice;
    const byPosition = /^\d{1,3}$/.test(asked) ? frontends[Number(asked) - 1] : undefined;
    const address = byPosition ?? frontends.find((one) => one === bareAddress(asked));
    if (address === undefined) return { ok: false, refusal: unknownFrontend(asked, frontends) };
    if (!internal && !routed.includes(address)) return { ok: false, refusal: noRoute(address) };
    return { ok: true, choice: { frontends: [address], asksForFrontend: true } };
  };
}

interface RoutedChoice {
  readonly routed: readonly string[];
  readonly choice: FrontendChoice;
}

function routedFrontends(frontends: readonly string[], prefixes: readonly string[]): readonly string[] {
  const routes = prefixes.flatMap((prefix) => rangeOf(prefix) ?? []);
  return frontends.filter((address) => {
    const range = rangeOf(address);
    return range !== undefined && routes.some((route) => contains(route, range));
  });
}

function unknownFrontend(asked: string, frontends: readonly string[]): Refusal {
  const reason =
    `${annotationNames.frontend} names "${asked}", which is no frontend of the firewall. ` +
    `Give one of ${frontends.join(', ')}, or its position counted from 1.`;
  return refused('unknown-frontend', reason);
}

/** All of them will do, where there are any. */
function choiceOf(frontends: readonly string[], unrouted = 'the frontend'): FrontendChoice {
  if (frontends.length > 0) return { ok: true, choice: { frontends, asksForFrontend: false } };
  return { ok: false, refusal: noRoute(unrouted) };
}

function noRoute(frontend: string): Refusal {
  const reason = `replies of a public load balancer need a route ${frontend}/32 → Internet on the cluster's subnet, and there is none. A sync that repairs drift adds it.`;
  return refused('no-route-to-internet', reason);
}
