import { SYSTEM_ASSIGNED_PRINCIPAL } from '../../local/azure/tokenEndpoints.ts';
import type { LoggedRequest } from '../../local/azure/requestLog.ts';

/** The actions that the app was allowed and has used, linked ones included. */
export interface UsedActions {
  readonly add: (request: LoggedRequest) => void;
  /** Case doesn't count. */
  has(action: string): boolean;
}

export function usedActions(): UsedActions {
  const actions = new Set<string>();
  return {
    add: ({ caller, status, actions: used = [] }) => {
      if (caller !== SYSTEM_ASSIGNED_PRINCIPAL || status === 403) return;
      for (const action of used) actions.add(action.toLowerCase());
    },
    has: (action) => actions.has(action.toLowerCase()),
  };
}
