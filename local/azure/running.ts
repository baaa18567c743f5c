import { resourceManager, type AnswerRequest } from './arm.ts';
import type { Azure } from './azure.ts';
import type { StartClusterHost } from './clusterHost.ts';
import { startClusters } from './clusters.ts';
import { answerControl } from './control.ts';
import { startEventGrid } from './eventGrid/eventGrid.ts';
import type { FunctionsHost } from './eventGrid/webhook.ts';
import { startProgress } from './progress.ts';
import { requestLog } from './requestLog.ts';
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
  const log = requestLog();
  const arm = resourceManager(azure, log, progress);
  progress.advance();
  progress.schedule();
  return {
    answer: async (request) => {
      if (request.url.pathname.startsWith('/_local/')) {
        progress.advance();
        return answerControl(azure, log, eventGrid, request);
      }
      return answerTokenRequest(azure, request) ?? arm(request);
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
