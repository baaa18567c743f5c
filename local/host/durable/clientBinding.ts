/** The path of the extension's webhook, for everybody who has its key. */
export const WEBHOOK_PATH = '/runtime/webhooks/durabletask';
/** The path of the extension's own endpoint for workers on the same machine, which asks for no key. */
export const RPC_PATH = '/durabletask';

/** Where one instance is asked after and acted on; the key is part of every link. */
export interface ManagementUrls {
  readonly id: string;
  readonly statusQueryGetUri: string;
  readonly sendEventPostUri: string;
  readonly terminatePostUri: string;
  readonly rewindPostUri: string;
  readonly purgeHistoryDeleteUri: string;
  readonly restartPostUri: string;
  readonly suspendPostUri: string;
  readonly resumePostUri: string;
}

export function managementUrls(origin: string, hubName: string, key: string, instanceId: string): ManagementUrls {
  const instance = `${origin}${WEBHOOK_PATH}/instances/${instanceId}`;
  const query = `taskHub=${hubName}&connection=Storage&code=${key}`;
  return {
    id: instanceId,
    statusQueryGetUri: `${instance}?${query}`,
    sendEventPostUri: `${instance}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: `${instance}/terminate?reason={text}&${query}`,
    rewindPostUri: `${instance}/rewind?reason={text}&${query}`,
    purgeHistoryDeleteUri: `${instance}?${query}`,
    restartPostUri: `${instance}/restart?${query}`,
    suspendPostUri: `${instance}/suspend?reason={text}&${query}`,
    resumePostUri: `${instance}/resume?reason={text}&${query}`,
  };
}

/**
 * What a `durableClient` input binding holds. With `rpcBaseUrl` in it, the client of `durable-functions` sends everything
 * there and only shows the other links to callers.
 */
export function clientBinding(origin: string, hubName: string, key: string) {
  const base = `${origin}${WEBHOOK_PATH}`;
  const create = `${base}/orchestrators/{functionName}[/{instanceId}]`;
  return {
    taskHubName: hubName,
    creationUrls: {
      createNewInstancePostUri: `${create}?code=${key}`,
      createAndWaitOnNewInstancePostUri: `${create}?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&code=${key}`,
    },
    managementUrls: managementUrls(origin, hubName, key, 'INSTANCEID'),
    baseUrl: base,
    requiredQueryStringParameters: `code=${key}`,
    rpcBaseUrl: `${origin}${RPC_PATH}/`,
  };
}
