/**
 * Why a list of services is not complete. `unreachable`: no answer, or one that passes by itself (5xx, 429); `refused`:
 * the API server does not take the app's credentials, or the request; `forbidden`: it takes them and grants nothing;
 * `partial`: what came breaks off; `timeout`: it took too long.
 */
export type ListFailureCode = 'unreachable' | 'refused' | 'forbidden' | 'partial' | 'timeout';

/** The services of a cluster as the API server wrote them. Only a complete list says that a service is gone. */
export type RawServiceList =
  | { readonly state: 'complete'; readonly items: readonly unknown[] }
  | {
      /** `partial`: some of it came; nothing of it is handed on, so that nobody takes it for the whole. */
      readonly state: 'partial' | 'failed';
      readonly code: ListFailureCode;
      /** A sentence. */
      readonly reason: string;
      readonly remedy: string;
    };

const remedies: Readonly<Record<ListFailureCode, string>> = {
  unreachable:
    'Check that the cluster runs, and that GATEHOUSE_OUTBOUND_RANGES holds the addresses that the app really comes ' +
    'from: the API server lets in nobody else.',
  refused: "Give the app's identity the role Azure Kubernetes Service Cluster User on the cluster.",
  forbidden:
    "Let the app's identity list services in all namespaces: Azure Kubernetes Service RBAC Reader on the cluster, or a " +
    'ClusterRoleBinding to the ClusterRole view.',
  partial: 'It is asked for again at the next sync; if it stays, look at the health of the API server.',
  timeout: 'It is asked for again at the next sync; if it stays, look at the load of the API server.',
};

/** A list that is not there, or not all of it. */
export function incomplete(state: 'partial' | 'failed', code: ListFailureCode, reason: string): RawServiceList {
  return { state, code, reason, remedy: remedies[code] };
}
