import type { RulePlace } from '../actual/natRules.ts';
import type { PublicationConflict, SkipCode, SkippedPort, WantedPublication } from '../model/publication.ts';

/**
 * Two that want one place.
 *
 * @param published whether the service has a rule nevertheless
 */
export function conflictAt(
  wanted: WantedPublication,
  place: RulePlace,
  isForeign: boolean,
  holder: string,
  published: boolean,
): PublicationConflict {
  const { cluster, namespace, service, port, protocol, ruleName } = wanted;
  const where = `${place.frontend}:${place.port}/${place.protocol}`;
  const who = isForeign ? `the foreign rule ${holder}` : `the rule ${holder}`;
  const remedy = isForeign
    ? 'Remove that rule, or map the service to another port.'
    : 'Map the service to another port, or give it another frontend.';
  const message = published
    ? `${where} is taken by ${who} as well; the rule of the service stays. ${remedy}`
    : `${where} is taken by ${who}. ${remedy}`;
  return {
    ...{ cluster, namespace, service, port, protocol, ruleName },
    kind: isForeign ? 'foreign-rule' : 'service',
    frontend: place.frontend,
    frontendPort: place.port,
    holder,
    published,
    message,
  };
}

/** A publication that finds no place. */
export function skippedFor(wanted: WantedPublication, code: SkipCode, reason: string): SkippedPort {
  return {
    cluster: wanted.cluster,
    namespace: wanted.namespace,
    service: wanted.service,
    port: wanted.port,
    protocol: wanted.protocol,
    ruleName: wanted.ruleName,
    code,
    reason,
    keepsRule: false,
  };
}
