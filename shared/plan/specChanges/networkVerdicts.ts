import { contains, trustedRange } from '../../model/ipRange.ts';
import type { Verdict } from './specChange.ts';
import { another, fixed, inPlace } from './verdicts.ts';

/** A subnet can be added at any time; one that load balancers have frontends in stays as it is. */
export function onlyAdded(before: object | undefined): Verdict {
  if (before === undefined) return { applied: 'in place' };
  return {
    applied: 'refused',
    message: "the ingress subnet can't be changed or taken away: load balancers may have their frontends in it",
    remedy: another,
  };
}

/** Nodes keep the DNS servers that they booted with: without the proxy those that run could resolve nothing any more. */
export function dnsProxyOn(_before: boolean, after: boolean): Verdict {
  if (after) return { applied: 'in place', note: 'Running nodes ask their old DNS servers until they restart.' };
  return {
    applied: 'refused',
    message: "the DNS proxy can't be turned off under running nodes, which ask it until they restart",
    remedy: another,
  };
}

export function dnsServersGiven(_before: readonly string[] | undefined, after: readonly string[] | undefined): Verdict {
  if (after !== undefined) return { applied: 'in place' };
  return {
    applied: 'in place',
    note: "The firewall keeps the DNS servers that it has; give an empty list to go back to Azure's own.",
  };
}

/** Azure adds to a network's address space while it lives, and takes nothing away that subnets lie in. */
export function growingRange(before: string, after: string): Verdict {
  return contains(trustedRange(after), trustedRange(before))
    ? { applied: 'in place', note: 'Peerings with other networks have to be synchronised afterwards.' }
    : {
        applied: 'refused',
        message: `the address space can only be widened, and ${after} does not hold ${before}`,
        remedy: `Give a range that holds ${before}. ${another}`,
      };
}

/**
 * Azure Firewall changes between Standard and Premium, and neither to nor from Basic
 * (https://learn.microsoft.com/azure/firewall/easy-upgrade).
 */
export function firewallTier(before: string, after: string): Verdict {
  if (before !== 'Basic' && after !== 'Basic') {
    return { applied: 'in place', note: 'The firewall is replaced behind its addresses; do it when traffic is low.' };
  }
  return {
    applied: 'refused',
    message: `a firewall can't go from ${before} to ${after}: Azure changes between Standard and Premium alone`,
    remedy: another,
  };
}

/** Azure changes nothing that the first boot has made of a machine (`PropertyChangeNotAllowed`); it comes and goes as a whole. */
export const ofJumpbox =
  (what: string) =>
  (before: string | undefined, after: string | undefined): Verdict =>
    before === undefined || after === undefined
      ? inPlace()
      : fixed(what, 'Take jumpbox out of the spec, and put it in again once the machine is gone.')();

/** Azure resizes a machine in place, and restarts it. */
export function jumpboxSize(before: string | undefined, after: string | undefined): Verdict {
  if (before === undefined) return inPlace();
  if (after === undefined) return { applied: 'in place', note: 'The machine is deleted, and its disk with it.' };
  return { applied: 'in place', note: 'The jumpbox restarts.' };
}
