import type { ArticleTiming } from '../article.ts';
import type { CreationFigures } from '../measure.ts';

/** The demo's summary; its JSON is the last line of `--json`. */
export interface DemoSummary extends CreationFigures {
  readonly environment: string;
  readonly state: string;
  /** Ids of everything that now exists. */
  readonly resources: readonly string[];
}

/** The end of the demo, for people. */
export function renderReport(summary: DemoSummary, article: readonly ArticleTiming[], timeScale: number): string {
  const sequence = article.reduce((sum, { seconds }) => sum + seconds, 0);
  const firewallCommands = article.filter(({ command }) => command.startsWith('az network firewall'));
  return [
    '',
    `${summary.environment} is ${summary.state}. What exists now:`,
    '',
    ...summary.resources.map((id) => `  ${shortId(id)}`),
    '',
    'Compared with the article, in Azure time on the same latencies:',
    '',
    `  its commands, one after the other  ${minutes(sequence)}   ${firewallCommands.length} firewall writes`,
    `  this creation                      ${minutes(summary.azureSeconds)}   ${summary.firewallWrites} firewall write${summary.firewallWrites === 1 ? '' : 's'}   (${(sequence / summary.azureSeconds).toFixed(1)} x faster)`,
    `  the least Azure allows             ${minutes(summary.criticalPathSeconds)}   (the longest chain of its own work)`,
    '',
    ...(timeScale > 1
      ? [
          `At ${timeScale} times the speed, a second of this machine's own work counts as ${timeScale} s here;`,
          'npm run bench:create measures without that.',
          '',
        ]
      : []),
    `${summary.armWrites} writes and ${summary.armReads} reads went to Azure Resource Manager.`,
  ].join('\n');
}

/** A resource as people name it: type and name, without subscription and group. */
function shortId(id: string): string {
  const [, scope] = /([^/]+\/[^/]+)\/providers\/Microsoft\.Authorization\/roleAssignments\//.exec(id) ?? [];
  if (scope !== undefined) return `${'roleAssignments'.padEnd(24)} of the cluster's identity, on ${scope}`;
  const [, subscription] = /\/eventSubscriptions\/([^/]+)$/.exec(id) ?? [];
  if (subscription !== undefined) return `${'eventSubscriptions'.padEnd(24)} ${subscription}`;
  const [, type, name] = /\/providers\/[^/]+(?:\/[^/]+\/[^/]+)*\/([^/]+)\/([^/]+)$/.exec(id) ?? [];
  if (type !== undefined) return `${type.padEnd(24)} ${name}`;
  return `${'resourceGroups'.padEnd(24)} ${id.split('/').at(-1) ?? id}`;
}

function minutes(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`.padStart(11);
}
