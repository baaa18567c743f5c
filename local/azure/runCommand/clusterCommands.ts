import type { Json, JsonObject } from '../json.ts';
import { jsonPath } from './jsonPath.ts';
import { parseShellLine } from './shell.ts';

interface Outcome {
  readonly exitCode: number;
  /** Standard output and standard error as they came. */
  readonly output: string;
}

/**
 * Runs the few commands that local Azure understands in a cluster, joined by `&&` or `;`: `kubectl get services
 * --all-namespaces` with `-o json` or `-o jsonpath=…`, and `echo`.
 *
 * @param services what kubectl would list; undefined when no API server runs
 */
export function runInCluster(line: string, services: readonly JsonObject[] | undefined): Outcome {
  let exitCode = 0;
  let output = '';
  for (const { words, onlyAfterSuccess } of parseShellLine(line)) {
    if (onlyAfterSuccess && exitCode !== 0) continue;
    const outcome = runOne(words, services);
    exitCode = outcome.exitCode;
    output += outcome.output;
  }
  return { exitCode, output };
}

function runOne(words: readonly string[], services: readonly JsonObject[] | undefined): Outcome {
  const [program = '', ...rest] = words;
  if (program === 'echo') return { exitCode: 0, output: `${rest.join(' ')}\n` };
  if (program !== 'kubectl') return { exitCode: 127, output: `sh: 1: ${program}: not found\n` };
  const format = formatOf(rest);
  if (format === undefined) {
    return failed(
      'error: local Azure runs "kubectl get services --all-namespaces" with -o json or jsonpath, and "echo"',
    );
  }
  if (services === undefined) return failed('The connection to the server kubernetes.default.svc was refused');
  const list = { apiVersion: 'v1', items: services, kind: 'List', metadata: { resourceVersion: '' } };
  return format === 'json' ? { exitCode: 0, output: `${JSON.stringify(list, null, 4)}\n` } : projected(format, list);
}

function projected(format: string, list: Json): Outcome {
  try {
    return { exitCode: 0, output: jsonPath(format.slice('jsonpath='.length), list) };
  } catch (error) {
    return failed(`error: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** `json` or `jsonpath=…` of a command that lists the services of all namespaces; undefined for any other. */
function formatOf([verb, what = '', ...flags]: readonly string[]): string | undefined {
  const everywhere = flags.some((flag) => flag === '-A' || flag === '--all-namespaces');
  if (verb !== 'get' || !['services', 'service', 'svc'].includes(what) || !everywhere) return undefined;
  const index = flags.findIndex((flag) => /^(?:-o|--output)/.test(flag));
  const flag = flags[index];
  const format = flag === '-o' || flag === '--output' ? flags[index + 1] : flag?.replace(/^(?:-o=?|--output=)/, '');
  return format === 'json' || format?.startsWith('jsonpath=') === true ? format : undefined;
}

function failed(message: string): Outcome {
  return { exitCode: 1, output: `${message}\n` };
}
