import { resourceManager, type AnswerRequest } from './arm.ts';
import type { Azure } from './azure.ts';
import type { StartClusterHost } from './clusterHost.ts';
import { startClusters } from './clusters.ts';
import { answerControl } from './control.ts';
import { startEventGrid } from './eventGrid/eventGrid.ts';
import { createFaults, type Faults } from './faults/faults.ts';
import type { FunctionsHost } from './eventGrid/webhook.ts';
import type { Answer, Request } from './http.ts';
import { startProgress } from './progress.ts';
import { requestLog, type LoggedRequest } from './requestLog.ts';
import { answerTokenRequest } from './tokenEndpoints.ts';

/** Local Azure at work: what answers requests, and what happens though nobody asks. */
export interface RunningAzure {
  readonly answer: AnswerRequest;
  readonly deliverTo: (functions: FunctionsHost) => void;
  /** Until the clusters that were there already are running again. */
  ready(): Promise<void>;
  /** Ends everything but the state itself. */
  close(): Promise<void>;
}

/** Sets everything going on the state as it was left. */
export function runAzure(
  state: Omit<Azure, 'clusters' | 'commandResults'>,
  startHost: StartClusterHost | undefined,
  report: (message: string) => void,
  onRequest?: (request: LoggedRequest) => void,
): RunningAzure {
  const base: Azure = {
    ...state,
    commandResults: new Map(),
    store: {
      ...state.store,
      commit: (changes) => {
        state.store.commit(changes);
        progress.schedule();
      },
    },
  };
  const eventGrid = startEventGrid(base);
  const clusters = startHost === undefined ? undefined : startClusters(base, startHost, report);
  const azure: Azure = clusters === undefined ? base : { ...base, clusters };
  const progress = startProgress(azure, eventGrid, clusters);
  const log = requestLog(onRequest);
  const faults = createFaults();
  const arm = resourceManager(azure, log, progress, faults);
  progress.advance();
  progress.schedule();
  return {
    answer: async (request) => {
      if (request.url.pathname.startsWith('/_local/')) {
        progress.advance();
        return answerControl({ azure, log, eventGrid, faults }, request);
      }
      const token = answerTokenRequest(azure, request);
      return token === undefined ? arm(request) : withoutToken(faults, request, token);
    },
    deliverTo: (functions) => eventGrid.deliverTo(functions),
    ready: async () => clusters?.settled(),
    close: async () => {
      progress.stop();
      await clusters?.close();
      await eventGrid.idle();
    },
  };
}

/** A token endpoint that a rule keeps from giving tokens, or the answer that it gives. */
function withoutToken(faults: Faults, request: Request, token: Answer): Answer {
  const fault = faults.strike(request, undefined)?.fault;
  if (fault === 'unauthenticated')
    return { status: 400, body: { statusCode: 400, message: 'No token is given, as a rule wants it.' } };
  return fault === undefined ? token : { status: 0, reset: true };
}
