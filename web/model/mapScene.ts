import type { DriftAnswer, EnvironmentAnswer, ServicesAnswer } from '../../shared/answers.ts';
import { counted, lastSegment } from './format.ts';
import { partTones } from './mapParts.ts';
import { mapTargets, type MapTarget } from './mapTargets.ts';
import type { ServiceRow } from './serviceRows.ts';
import type { Tone } from './tone.ts';

/** What a map shows, before it has places. */
export interface MapScene {
  readonly environment: string;
  readonly isAdopted: boolean;
  readonly frontends: { readonly tone: Tone; readonly addresses: readonly string[] };
  readonly firewall: { readonly tone: Tone; readonly name: string; readonly facts: readonly string[] };
  /** `names`: of the route tables, each once. */
  readonly routes: { readonly tone: Tone; readonly names: readonly string[] };
  readonly egress: { readonly tone: Tone; readonly lines: readonly string[] };
  readonly targets: readonly MapTarget[];
}

/** @param services absent while there is nothing to read them from */
export function mapScene(
  environment: EnvironmentAnswer,
  rows: readonly ServiceRow[],
  services?: ServicesAnswer,
  drift?: DriftAnswer,
): MapScene {
  const { name, spec, resources } = environment;
  const tones = partTones(environment, drift);
  const targets = mapTargets(environment, rows, services, drift);
  const isAdopted = spec.adopt !== undefined;
  const { tier, rules, publicIpCount } = spec.firewall;
  return {
    environment: name,
    isAdopted,
    frontends: {
      tone: tones.frontends,
      addresses:
        services?.frontends ??
        Array.from({ length: publicIpCount }, (_, index) =>
          publicIpCount === 1 ? 'public IP' : `public IP ${index + 1}`,
        ),
    },
    firewall: {
      tone: tones.firewall,
      name: lastSegment(resources.firewall),
      facts: [tier, rules === 'policy' ? 'policy' : 'classic rules'],
    },
    routes: { tone: tones.routes, names: [...new Set(targets.flatMap(({ routeTable }) => routeTable ?? []))] },
    egress: { tone: tones.egress, lines: egressLines(spec, isAdopted) },
    targets,
  };
}

function egressLines({ egress, adopt }: EnvironmentAnswer['spec'], isAdopted: boolean): readonly string[] {
  if (isAdopted && adopt?.fix.includes('egress') !== true) return ['as its owner has it'];
  const own = egress.allow.application.length + egress.allow.network.length;
  return [
    ...egress.presets.map((preset) => `preset ${preset}`),
    ...(own === 0 ? [] : [counted(own, 'rule of the spec', 'rules of the spec')]),
  ];
}
