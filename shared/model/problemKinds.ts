/** A kind of refusal, as docs/errors.md lists it. */
interface ProblemKind {
  readonly status: number;
  /** The same for every problem of the kind (RFC 9457, section 3.1.3). */
  readonly title: string;
  /** When it is answered, for whoever reads the reference. */
  readonly when: string;
  /** What to do about it. `{slot}` is filled in; a problem that knows better says so in its place. */
  readonly remedy: string;
}

/** Every kind of problem that the HTTP interface answers with, by the end of its type. */
export const problemKinds = {
  'invalid-request': {
    status: 400,
    title: 'The request can not be carried out as it is',
    when: 'the body, the query or the spec is not valid, or something in the subscription (unregistered provider, quota, version) stands in the way; `problems` names each field',
    remedy: 'Correct the request and send it again.',
  },
  'not-signed-in': {
    status: 401,
    title: 'Not signed in',
    when: 'no sign-in came with the request (`GATEHOUSE_AUTH=entra`); for a missing key the host itself answers',
    remedy:
      'Send a token for this app: az account get-access-token --resource api://<client id of the app registration>, as Authorization: Bearer <token>.',
  },
  'role-missing': {
    status: 403,
    title: 'The role is missing',
    when: 'who signed in lacks the app role that is named',
    remedy:
      'Have the app role {role} assigned to you in Entra (Enterprise applications, Users and groups), then sign in again.',
  },
  'cross-site': {
    status: 403,
    title: 'Sent by another site',
    when: 'a browser sent it on behalf of another site; nothing was changed',
    remedy: 'Send it from a page of this app, or by a tool that is no browser.',
  },
  'environment-not-found': {
    status: 404,
    title: 'No such environment',
    when: 'there is no such environment',
    remedy: 'GET /api/environments lists those that exist.',
  },
  'cluster-not-found': {
    status: 404,
    title: 'No such cluster',
    when: 'the environment has no cluster of this name',
    remedy: 'Ask for one of {clusters}, or leave cluster out.',
  },
  'service-not-found': {
    status: 404,
    title: 'No such service',
    when: 'the cluster has no such service, or its services could not be listed',
    remedy: 'kubectl get services --all-namespaces lists those that exist.',
  },
  'grant-not-found': {
    status: 404,
    title: 'No such grant',
    when: "there is no such grant, or it is the spec's",
    remedy: 'GET /api/environments/{name} lists those that exist; take one that the spec gives out of the spec.',
  },
  'page-part-not-found': {
    status: 404,
    title: 'No such part of the status page',
    when: 'the status page has no such part',
    remedy: 'Load /api/ui again: the app may have been deployed anew.',
  },
  'page-not-built': {
    status: 404,
    title: 'The status page is not there',
    when: 'the status page was not built with the app',
    remedy: 'Build it (npm run build) or deploy the package (npm run package).',
  },
  'not-ready': {
    status: 409,
    title: 'The environment is not ready for this',
    when: 'there is no firewall, or no cluster, yet; or the lane of the authorized ranges has stopped',
    remedy: 'Wait until the environment is ready, or retry it where it failed.',
  },
  'held-plan-changed': {
    status: 409,
    title: 'What is held is another plan by now',
    when: 'what is held is not the plan that was approved',
    remedy: 'Look at the held deletions again (GET /api/environments/{name}/services), then approve their hash.',
  },
  'being-deleted': {
    status: 409,
    title: 'The environment is being deleted',
    when: "the environment is being torn down: it takes no other spec, and can't be released any more",
    remedy:
      'GET /api/environments/{name} shows how far it has got; start it again with POST /api/environments once it is gone.',
  },
  'private-cluster': {
    status: 409,
    title: 'The API server is private',
    when: 'a grant is asked for where every API server is private',
    remedy:
      'Reach it from its network: by a VPN, a peering or a jumpbox; or run commands in it with az aks command invoke.',
  },
  claimed: {
    status: 409,
    title: 'Another environment has it',
    when: 'another environment has the firewall or the cluster',
    remedy: 'Leave it to that environment, or release it first.',
  },
  'environment-exists': {
    status: 409,
    title: 'The environment exists',
    when: 'an environment of this name is live; nothing was started',
    remedy: 'See GET /api/environments/{name}; choose another name, or delete it first.',
  },
  'foreign-resource': {
    status: 409,
    title: 'A wanted name is taken',
    when: "a resource of a wanted name is not this environment's; it is not touched",
    remedy:
      'Choose another environment name, or remove the resource if nobody needs it; what exists can be named under adopt in the spec.',
  },
  'environment-gone': {
    status: 410,
    title: 'The environment is gone',
    when: 'the environment has been deleted or released',
    remedy: 'Start it again with POST /api/environments.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    when: 'the body has more than 1 MB',
    remedy: 'Send the spec alone; a spec has a few KB.',
  },
  'url-too-long': {
    status: 414,
    title: 'The URL is too long',
    when: 'the URL has more than 8192 characters',
    remedy: 'Send what is long in the body.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The body is of another kind',
    when: 'the body is of a kind, or in a character set, that is not read; or compressed',
    remedy: 'Send JSON, or a spec as YAML, in UTF-8 and not compressed.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    when: 'the caller, or all together, asked too often; `Retry-After` says when to come again',
    remedy: 'Wait {seconds} seconds; look less often, or raise GATEHOUSE_RATE_LIMIT.',
  },
  'environment-unreadable': {
    status: 500,
    title: 'The environment can not be read',
    when: "another version of Gatehouse wrote the environment's state",
    remedy: 'Deploy the version of Gatehouse that wrote it, or a newer one; its resources are left alone meanwhile.',
  },
  unexpected: {
    status: 500,
    title: 'The app failed',
    when: 'the app failed; the invocation id leads to its log',
    remedy: "Try again; if it comes again, look at the app's log for this invocation.",
  },
  'azure-refused': {
    status: 502,
    title: "Azure refuses what the app's identity asks for",
    when: "Azure refuses, in its own words; the remedy names the roles that the app's identity needs",
    remedy: 'Correct what the message names, then try again.',
  },
  'azure-busy': {
    status: 503,
    title: 'Azure does not answer right now',
    when: "Azure throttles, fails or can't be reached; `Retry-After` says when to come again",
    remedy: 'Try again.',
  },
  'no-credential': {
    status: 503,
    title: 'The app has no identity in Azure',
    when: 'the app has no token for Azure',
    remedy: 'In Azure, assign the app a managed identity; elsewhere, run az login.',
  },
  'sign-in-not-checked': {
    status: 503,
    title: 'Nobody checks who signs in',
    when: 'a sign-in is asked for, and App Service authentication is not switched on',
    remedy:
      'Switch App Service authentication on with Microsoft as identity provider (docs/security.md), or set GATEHOUSE_AUTH to keys.',
  },
} as const satisfies Readonly<Record<string, ProblemKind>>;

/** What tells one kind of problem from another, e.g. `not-ready`. */
export type ProblemKindName = keyof typeof problemKinds;
