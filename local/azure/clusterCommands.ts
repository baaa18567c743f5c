import type { JsonObject } from './json.ts';

interface Outcome {
  readonly exitCode: number;
  readonly output: string;
}

/**
 * Runs the few commands that local Azure understands, one after the other as a shell does: `kubectl get services
 * --all-namespaces -o json` and `echo WORD`, joined by `&&` or `;`.
 *
 * @param services what kubectl would list; undefined when no API server runs
 */
export function runInCluster(command: string, services: readonly JsonObject[] | undefined): Outcome {
  let exitCode = 0;
  let output = '';
  for (const [, joint = '', text = ''] of command.matchAll(/(^|&&|;)([^;&]+)/g)) {
    if (joint === '&&' && exitCode !== 0) continue;
    const outcome = runOne(text.trim().split(/\s+/), services);
    exitCode = outcome.exitCode;
    output += outcome.output;
  }
  return { exitCode, output };
}

function runOne(words: readonly string[], services: readonly JsonObject[] | undefined): Outcome {
  const [program = '', ...rest] = words;
  if (program === 'echo') return { exitCode: 0, output: `${rest.map(unquoted).join(' ')}\n` };
  if (program !== 'kubectl') return { exitCode: 127, output: `sh: 1: ${program}: not found\n` };
  if (!listsServices(rest)) {
    return {
      exitCode: 1,
      output:
        'error: local Azure runs "kubectl get services --all-namespaces -o json" and "echo" in clusters, nothing else\n',
    };
  }
  if (services === undefined)
    return { exitCode: 1, output: 'The connection to the server kubernetes.default.svc was refused\n' };
  const list = { apiVersion: 'v1', items: services, kind: 'List', metadata: { resourceVersion: '' } };
  return { exitCode: 0, output: `${JSON.stringify(list, null, 4)}\n` };
}

function listsServices([verb, what, ...flags]: readonly string[]): boolean {
  const services = ['services', 'service', 'svc'].includes(what ?? '');
  const everywhere = flags.some((flag) => flag === '-A' || flag === '--all-namespaces');
  const json = / (?:-o ?|--output[= ])json /.test(` ${flags.join(' ')} `);
  return verb === 'get' && services && everywhere && json;
}

function unquoted(word: string): string {
  return word.replace(/^(['"])(.*)\1$/, '$2');
}
