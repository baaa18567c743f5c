/** What an environment has come to, for people who do not look at it. JSON-able; holds nothing secret. */
export interface Notice {
  /** Of exactly this: told once, however often it is found. Up to 100 of [A-Za-z0-9-]. */
  readonly id: string;
  readonly environment: string;
  readonly kind: NoticeKind;
  readonly severity: 'info' | 'warning' | 'error';
  /** When it came about, ISO 8601. */
  readonly time: string;
  /** A line. */
  readonly title: string;
  /** What is behind it and what to do, a sentence or a few. */
  readonly text: string;
}

type NoticeKind = 'creation-finished' | 'environment-failed' | 'sync-failed' | 'deletions-held' | 'drift-found';
