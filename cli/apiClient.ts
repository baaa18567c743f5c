import type {
  DriftAnswer,
  EnvironmentAnswer,
  EnvironmentsAnswer,
  Explanation,
  Preview,
  ProblemAnswer,
  ServicesAnswer,
} from '../shared/answers.ts';
import { sentences } from '../shared/model/sentences.ts';
import { CommandError } from './commandError.ts';
import { remedyByCommand } from './remedies.ts';

/** An answer of the app that says no; the message holds its problems and their remedies, a line each. */
export class RefusedError extends CommandError {
  readonly status: number;

  constructor(status: number, document: ProblemDocument) {
    super(describe(status, document));
    this.status = status;
  }
}

/** What of a problem document people read. Where it lists problems, its detail and remedy are those of the first. */
type ProblemDocument = Partial<Pick<ProblemAnswer, 'type' | 'title' | 'detail' | 'remedy' | 'problems'>>;

function describe(status: number, { title, detail, remedy, problems = [] }: ProblemDocument): string {
  const heading = title ?? `The app answered ${status}`;
  if (problems.length === 0) return `${heading}: ${sentences(detail, remedy)}`;
  const lines = problems.map(({ path, message, remedy: cure }) => {
    const where = path === '' ? '' : `${path}: `;
    return `\n  ${where}${sentences(message, cure)}`;
  });
  return `${heading}:${lines.join('')}`;
}

/** Where an app answers, and what opens it. */
export interface Connection {
  /** With the prefix, without a slash at its end: `http://127.0.0.1:7071/api`. */
  readonly api: string;
  /** What each request carries to be let in; asked for each time, since tokens end. */
  readonly credentials: () => Promise<Readonly<Record<string, string>>>;
}

/** An app whose function key is known. */
export const opensWithKey = (api: string, key: string): Connection => ({
  api,
  credentials: () => Promise.resolve({ 'x-functions-key': key }),
});

const yaml = 'application/yaml';

export type Api = ReturnType<typeof apiClient>;

/**
 * The app's HTTP interface. Every call throws RefusedError for a no, CommandError where nobody answers.
 *
 * @param command the words that call the command, for remedies
 */
export function apiClient({ api, credentials }: Connection, command = 'gatehouse') {
  const clock = appClock();
  const call = async (method: string, path: string, body?: string, type = 'application/json'): Promise<unknown> => {
    const headers: Readonly<Record<string, string>> = {
      ...(await credentials()),
      accept: 'application/json',
      'content-type': type,
    };
    const response = await fetch(`${api}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    }).catch((error: unknown) => {
      throw unreachable(api, command, error);
    });
    clock.hear(response.headers.get('date'));
    const answer = parsed(await response.text());
    if (response.ok && answer !== undefined) return answer;
    if (!isDocument(answer))
      throw new RefusedError(response.status, noDocument(response.status, headers, api, command));
    const name = /^\/environments\/([^/?]+)/.exec(path)?.[1];
    const remedy = remedyByCommand(answer.type, command, name) ?? answer.remedy;
    throw new RefusedError(response.status, { ...answer, ...(remedy !== undefined && { remedy }) });
  };
  const environment = (name: string) => `/environments/${encodeURIComponent(name)}`;

  return {
    start: (spec: string) => call('POST', '/environments', spec, yaml) as Promise<{ readonly name: string }>,
    update: (name: string, spec: string) => call('PUT', `${environment(name)}/spec`, spec, yaml),
    list: () => call('GET', '/environments') as Promise<EnvironmentsAnswer>,
    show: (name: string) => call('GET', environment(name)) as Promise<EnvironmentAnswer>,
    planSpec: (spec: string) => call('POST', '/plans', spec, yaml) as Promise<Preview>,
    plan: (name: string, spec?: string) => call('POST', `${environment(name)}/plan`, spec, yaml) as Promise<Preview>,
    services: (name: string) => call('GET', `${environment(name)}/services`) as Promise<ServicesAnswer>,
    explain: (name: string, namespace: string, service: string, cluster?: string) => {
      const query = cluster === undefined ? '' : `?cluster=${encodeURIComponent(cluster)}`;
      const path = `${encodeURIComponent(namespace)}/${encodeURIComponent(service)}`;
      return call('GET', `${environment(name)}/services/${path}${query}`) as Promise<Explanation>;
    },
    drift: (name: string) => call('GET', `${environment(name)}/drift`) as Promise<DriftAnswer>,
    sync: (name: string) => call('POST', `${environment(name)}/sync`),
    retry: (name: string) => call('POST', `${environment(name)}/retry`),
    approve: (name: string, plan: string) => call('POST', `${environment(name)}/approve`, JSON.stringify({ plan })),
    grant: (name: string, label: string, grant: { readonly cidr: string; readonly expires?: string }) =>
      call('PUT', `${environment(name)}/grants/${encodeURIComponent(label)}`, JSON.stringify(grant)),
    revoke: (name: string, label: string) => call('DELETE', `${environment(name)}/grants/${encodeURIComponent(label)}`),
    release: (name: string) => call('POST', `${environment(name)}/release`),
    remove: (name: string, { force }: { readonly force: boolean }) =>
      call('DELETE', `${environment(name)}${force ? '?force=true' : ''}`),
    /** The time where the app runs, epoch ms, as its last answer told: a local app's goes faster than ours. */
    now: clock.now,
  };
}

function unreachable(api: string, command: string, error: unknown): CommandError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const { code, message } = cause as { readonly code?: string; readonly message: string };
  return new CommandError(
    `Nobody answers at ${api} (${code ?? message})`,
    `Start the app with: ${command} local; one that was just started takes some seconds. Or name another with --url or --profile.`,
    { cause: error },
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // What a proxy or a sign-in page says is not the app's word; the status is told instead.
    return undefined;
  }
}

const isDocument = (answer: unknown): answer is ProblemDocument =>
  typeof answer === 'object' && answer !== null && ('title' in answer || 'detail' in answer);

/** @param sent the headers of the request: a credential that was given is told from none */
function noDocument(
  status: number,
  sent: Readonly<Record<string, string>>,
  api: string,
  command: string,
): ProblemDocument {
  const detail = `${api} answered ${status}`;
  if (status === 401 && 'x-functions-key' in sent) {
    return {
      title: 'The key was refused',
      detail,
      remedy:
        'Give another one with --key, in GATEHOUSE_KEY or in the profile; npm start prints the one of a local app.',
    };
  }
  if (status === 401 && 'authorization' in sent) {
    return { title: 'The sign-in was refused', detail, remedy: 'Does the profile name the scope of this app?' };
  }
  if (status === 401 || status === 403) {
    return {
      title: status === 401 ? 'The app lets nobody in without credentials' : 'The app does not let you do this',
      detail,
      remedy: `Give a function key with --key, or sign in: ${command} profile set NAME --url URL --entra SCOPE.`,
    };
  }
  return {
    detail: `${api} answered ${status}, and not in the words of Gatehouse`,
    remedy: 'Is --url the address of the app with /api at its end?',
  };
}

/** Less of a distance between two Date headers, which tell whole seconds, says nothing of how fast time goes there. */
const SHORTEST_SPAN_MS = 2000;

/** A clock that goes on from what Date headers say, as fast as it has gone between the first and the last of them. */
function appClock() {
  let first: { readonly told: number; readonly heard: number } | undefined;
  let last: typeof first;
  return {
    hear: (date: string | null): void => {
      const told = Date.parse(date ?? '');
      if (Number.isNaN(told)) return;
      last = { told, heard: Date.now() };
      first ??= last;
    },
    now: (): number => {
      if (first === undefined || last === undefined) return Date.now();
      const span = last.heard - first.heard;
      const rate = span < SHORTEST_SPAN_MS ? 1 : (last.told - first.told) / span;
      return last.told + (Date.now() - last.heard) * rate;
    },
  };
}
