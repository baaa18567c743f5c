import { kubernetesToken, userKubeconfig } from '../azure/clusterCredentials.ts';
import { clusterAccess } from '../kubernetes/credentials.ts';
import { createEvents } from '../kubernetes/events.ts';
import type { ClusterPlace } from '../model/clusters.ts';
import type { JsonObject } from '../model/json.ts';
import { marksIn, newsOf, type ServiceNote } from '../plan/serviceNotes.ts';

const DEADLINE_SECONDS = 5;
/** Of marks that are kept: a lane's state has to stay small. */
const MAX_MARKS = 600;

export interface FeedbackInput {
  readonly environment: string;
  readonly clusters: readonly ClusterPlace[];
  readonly notes: readonly ServiceNote[];
  /** Marks of what has been told before. */
  readonly told?: string;
  /** ISO 8601: when it is told. */
  readonly time: string;
}

/**
 * Tells services' owners, by events on their services, what has become of each port; once for each change. A cluster that lets nobody write
 * events is told once as well, in vain. Private clusters hear nothing: a command for each piece of news would cost a pod.
 *
 * @returns the marks of all that has been told and still holds; never throws
 */
export async function tellServices({ environment, clusters, notes, told = '', time }: FeedbackInput): Promise<string> {
  const known = new Set(marksIn(told));
  const noted = await Promise.all(
    clusters
      .filter(({ isPrivate }) => !isPrivate)
      .map(({ name, id }) => tellCluster(id, newsOf(notes, name, told), environment, time)),
  );
  const after = new Set(noted.flat());
  const marks = notes.map(({ mark }) => mark).filter((mark) => known.has(mark) || after.has(mark));
  return [...new Set(marks)].slice(0, MAX_MARKS).join('');
}

/** @returns the marks of what need not be told again */
async function tellCluster(
  clusterId: string,
  news: readonly ServiceNote[],
  environment: string,
  time: string,
): Promise<readonly string[]> {
  if (news.length === 0) return [];
  try {
    const source = { kubeconfig: () => userKubeconfig(clusterId), entraToken: kubernetesToken };
    const access = await clusterAccess(clusterId, source);
    const events = news.map((note) => eventOf(note, environment, time));
    const outcomes = await createEvents(access, events, { deadlineSeconds: DEADLINE_SECONDS });
    return news.filter((_, index) => outcomes[index] !== 'failed').map(({ mark }) => mark);
  } catch {
    // Without credentials there are no services either, which the sync itself tells; the news is tried again.
    return [];
  }
}

/** As the API server and kubectl want them: https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/ */
function eventOf(
  { namespace, service, uid, type, reason, message, mark }: ServiceNote,
  environment: string,
  time: string,
): JsonObject {
  const seconds = time.replace(/\.\d+Z$/, 'Z');
  return {
    apiVersion: 'v1',
    kind: 'Event',
    // The same news of another day is another event; the same one sent twice is not.
    metadata: { namespace, name: `${service}.${mark}${Date.parse(time).toString(16)}` },
    involvedObject: { apiVersion: 'v1', kind: 'Service', namespace, name: service, uid },
    type,
    reason,
    message: message.slice(0, MAX_MESSAGE),
    source: { component: 'gatehouse' },
    reportingComponent: 'gatehouse',
    reportingInstance: environment,
    firstTimestamp: seconds,
    lastTimestamp: seconds,
    count: 1,
  };
}

/** The API server takes no longer ones. */
const MAX_MESSAGE = 1024;
