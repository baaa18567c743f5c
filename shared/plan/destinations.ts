import type { RulePlace } from '../actual/natRules.ts';
import { bareAddress } from '../model/ipRange.ts';
import { textsIn, type JsonObject } from '../model/json.ts';

/** Counts towards Azure's limit: each address, port and protocol that DNAT rules translate, once per firewall. */
export interface Destinations {
  readonly addRule: (rule: JsonObject) => void;
  readonly addPlace: (place: RulePlace) => void;
  readonly count: () => number;
}

const protocols: Readonly<Record<string, number>> = { TCP: 0, UDP: 1, ANY: 2 };

/** @param frontends what nearly all rules lie on, which makes most destinations a number */
export function destinations(frontends: readonly string[]): Destinations {
  const positions = new Map(frontends.map((address, index) => [address, index]));
  const common = new Set<number>();
  const others = new Set<string>();
  const add = (address: string, port: string | number, protocol: string) => {
    const position = positions.get(address) ?? positions.get(bareAddress(address));
    const kind = protocols[protocol] ?? protocols[protocol.toUpperCase()];
    const number = Number(port);
    if (position === undefined || kind === undefined || Number.isNaN(number)) {
      others.add(`${bareAddress(address)}|${port}|${protocol.toUpperCase()}`);
    } else {
      common.add((position * 4 + kind) * 65_536 + number);
    }
  };
  return {
    addRule: (rule) => {
      const ports = textsIn(rule.destinationPorts);
      const used = textsIn(rule.protocols);
      for (const address of textsIn(rule.destinationAddresses)) {
        for (const port of ports) for (const protocol of used) add(address, port, protocol);
      }
    },
    addPlace: ({ frontend, port, protocol }) => add(frontend, port, protocol),
    count: () => common.size + others.size,
  };
}
