import type { Command } from 'commander';
import type { ServicesAnswer } from '../../shared/answers.ts';
import { CommandError } from '../commandError.ts';
import { contextOf, type Register } from '../context.ts';
import type { Io } from '../io.ts';
import { show, table } from '../output.ts';
import type { Explanation } from '../../shared/plan/explain.ts';
import type { DnatRule } from '../../shared/model/natRule.ts';
import type { Publication } from '../../shared/model/publication.ts';
import { heldText } from './status.ts';

type Style = Io['style'];

/** `gatehouse services NAME` */
export const registerServices: Register = (program, io) => {
  program
    .command('services')
    .alias('svc')
    .description('list every service port with its publication, or the reason why it has none')
    .argument('<name>')
    .action(async (name: string, _options, command: Command) => {
      const { api, format } = contextOf(command, io);
      const services = await api.services(name);
      show(io, format, services, () => drawServices(name, services, io));
    });
};

/** `gatehouse explain NAME NAMESPACE/SERVICE` */
export const registerExplain: Register = (program, io, done) => {
  program
    .command('explain')
    .description(
      'follow a service hop by hop to the Internet and name the first that is broken; ends with 1 for a broken one',
    )
    .argument('<name>')
    .argument('<namespace/service>')
    .option('--cluster <name>', 'the cluster that is meant, where several have the service')
    .action(async (name: string, service: string, { cluster }: { readonly cluster?: string }, command: Command) => {
      const { api, format } = contextOf(command, io);
      const [namespace, ...rest] = service.split('/');
      if (namespace === undefined || namespace === '' || rest.length !== 1 || rest[0] === '') {
        throw new CommandError(`"${service}" is no service`, 'Name it as NAMESPACE/SERVICE, e.g. default/store-front');
      }
      const explanation = await api.explain(name, namespace, rest[0] ?? '', cluster);
      show(io, format, explanation, () => drawExplanation(explanation, io.style));
      done(!explanation.found || explanation.ports.some(({ broken }) => broken !== undefined) ? 1 : 0);
    });
};

const endpointOf = ({ frontend, port }: DnatRule): string => `${frontend}:${port}`;

/** Ends in a newline. */
function drawServices(name: string, services: ServicesAnswer, { style, command }: Io): string {
  const { created, updated, unchanged, skipped, deleted, kept, held, conflicts, problems } = services;
  const state = (colour: Parameters<Style>[0], text: string) => ({ text, styled: style(colour, text) });
  const published = [
    ...unchanged.map((one) => [one, state('green', 'published')] as const),
    ...created.map((one) => [one, state('cyan', 'to be published')] as const),
    ...updated.map((one) => [one, state('cyan', 'to be changed')] as const),
  ].map(([{ namespace, service, port, protocol, cluster, rule }, how]) => ({
    order: `${namespace}/${service} ${port}`,
    row: [`${namespace}/${service}`, `${port}/${protocol}`, cluster, endpointOf(rule), how, rule.sources.join(' ')],
  }));
  const without = skipped.map(({ namespace, service, port, protocol, cluster, reason }) => ({
    order: `${namespace}/${service} ${port}`,
    row: [`${namespace}/${service}`, `${port}/${protocol}`, cluster, '', state('dim', 'skipped'), reason],
  }));
  const rows = [...published, ...without].toSorted((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0));
  const notes = [
    ...warningLines([...unchanged, ...created, ...updated], style),
    ...deleted.map((rule) => `${style('red', '-')} ${rule.name} goes with the next sync: ${rule.reason}`),
    ...kept
      .filter(({ code }) => code !== 'held')
      .map((rule) => `${style('yellow', '=')} ${rule.name} stays: ${rule.reason}`),
    ...conflicts
      // Those of one port are told beside it.
      .filter(({ message }) => !skipped.some(({ reason }) => reason === message))
      .map(({ message }) => `${style('yellow', '!')} ${message}`),
    ...problems.map(({ message }) => `${style('red', '!')} ${message}`),
    ...(held === undefined
      ? []
      : [
          `${style('yellow', '!')} ${heldText(held.rules.length)}: ${held.reason} Release them with: ${command} approve ${name}`,
          ...held.rules.map((rule) => `  = ${rule}`),
        ]),
  ];
  // Where no list could be read, nothing is known of what services ask for.
  const none = problems.length > 0 ? '' : 'No service of type LoadBalancer asks for anything.\n';
  const list =
    rows.length === 0
      ? none
      : table(
          ['SERVICE', 'PORT', 'CLUSTER', 'ENDPOINT', 'STATE', 'FROM, OR WHY NOT'],
          rows.map(({ row }) => row),
        );
  return [list, notes.map((note) => `${note}\n`).join('')].filter((part) => part !== '').join('\n');
}

const signs = { ok: ['green', '✔'], broken: ['red', '✖'], unknown: ['dim', '?'], 'not checked': ['dim', '·'] } as const;

/** What may surprise the owners of ports: each once, with all whom it concerns. */
function warningLines(publications: readonly Publication[], style: Style): readonly string[] {
  const told = publications.flatMap(({ namespace, service, port, warnings }) =>
    warnings.map((warning) => ({ warning, port: `${namespace}/${service} ${port}` })),
  );
  return [...Map.groupBy(told, ({ warning }) => warning)].map(
    ([warning, ports]) =>
      `${style('yellow', '!')} ${[...new Set(ports.map(({ port }) => port))].join(', ')}: ${warning}`,
  );
}

/** Ends in a newline. */
function drawExplanation(explanation: Explanation, style: Style): string {
  const { cluster, namespace, service, found, reason, ports } = explanation;
  const title = style('bold', `${namespace}/${service} of ${cluster}`);
  if (!found) return `${title}\n  ${reason ?? 'is not there'}\n`;
  const drawn = ports.flatMap(({ port, protocol, endpoint, hops, warnings }) => [
    '',
    `  ${port}/${protocol}${endpoint === undefined ? '' : ` at ${style('bold', endpoint)}`}`,
    ...hops.flatMap(({ hop, state, detail, remedy }) => {
      const [colour, sign] = signs[state];
      const line = `    ${style(colour, sign)} ${hop.padEnd(14)} ${detail}`;
      return remedy === undefined ? [line] : [line, `      ${style('yellow', '→')} ${remedy}`];
    }),
    ...warnings.map((warning) => `    ${style('yellow', '!')} ${warning}`),
  ]);
  return `${[title, ...drawn].join('\n')}\n`;
}
