/** Who a caller is and what the cluster lets them do. */
export interface KubernetesUser {
  readonly name: string;
  readonly groups: readonly string[];
  /** A user with rights to nothing is still somebody: 403 instead of 401. */
  readonly may: 'everything' | 'read' | 'nothing';
}
