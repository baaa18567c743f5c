import type { Route } from '../functions/http/route.ts';

/** One form of an answer; without a schema it is text. */
export interface Media {
  readonly type: string;
  /** A type that shared/answers exports. */
  readonly schema?: string;
}

type AnswerKind = Route['answers'][number];

/** What each kind of answer is told as. */
export const answerMedia: Readonly<
  Record<AnswerKind, { readonly description: string; readonly media: readonly Media[] }>
> = {
  accepted: { description: 'The lane has been told.', media: json('AcceptedAnswer') },
  drift: { description: 'The differences.', media: json('DriftAnswer') },
  environment: { description: 'The environment.', media: json('EnvironmentAnswer') },
  environments: { description: 'The environments.', media: json('EnvironmentsAnswer') },
  explanation: { description: 'The service, port by port and hop by hop.', media: json('Explanation') },
  granted: { description: 'The lanes of the authorized ranges have been told.', media: json('GrantedAnswer') },
  health: { description: 'How the app is.', media: json('HealthAnswer') },
  metrics: {
    description: 'The metrics; OpenMetrics where it is accepted.',
    media: [{ type: 'text/plain' }, { type: 'application/openmetrics-text' }],
  },
  openApi: { description: 'This document.', media: json('OpenApiAnswer') },
  page: {
    description: 'A file of the status page.',
    media: ['text/html', 'text/javascript', 'text/css', 'image/svg+xml'].map((type) => ({ type })),
  },
  services: { description: 'The services.', media: json('ServicesAnswer') },
  plan: {
    description: 'The plan; for people where text is accepted.',
    media: [...json('Preview'), { type: 'text/plain' }],
  },
};

/** The types that answers refer to. */
export const answerTypes: readonly string[] = [
  ...Object.values(answerMedia).flatMap(({ media }) => media.flatMap(({ schema }) => schema ?? [])),
  'ProblemAnswer',
];

function json(schema: string): readonly Media[] {
  return [{ type: 'application/json', schema }];
}
