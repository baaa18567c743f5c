import { randomUUID } from 'node:crypto';
import { invalidRequest } from '../errors.ts';
import { compact, objectAt, omit, stringAt } from '../json.ts';
import { sameId } from '../resourceId.ts';
import type { ResourceType, Write } from '../resources/resourceType.ts';

const SYSTEM_TOPIC_TYPE = 'Microsoft.EventGrid/systemTopics';
const TOPIC_TYPE = 'Microsoft.Resources.Subscriptions';

export const systemTopics: ResourceType = {
  type: SYSTEM_TOPIC_TYPE,
  shape: true,
  children: [],
  busy: 'AnotherOperationInProgress',
  checkName(name) {
    if (/^[A-Za-z0-9-]{3,128}$/.test(name)) return;
    throw invalidRequest(`Topic name '${name}' is not valid. It must be 3–128 letters, digits and '-'.`);
  },
  plan(write) {
    const source = checkSource(write);
    return {
      body: compact({
        id: write.id,
        name: write.name,
        type: SYSTEM_TOPIC_TYPE,
        location: write.location,
        tags: write.sent['tags'] ?? {},
        identity: write.sent['identity'],
        properties: {
          source,
          topicType: TOPIC_TYPE,
          metricResourceId: stringAt(write.before, 'properties', 'metricResourceId') ?? randomUUID(),
        },
      }),
      kind: 'systemTopics.put',
      provisioningState: write.before === undefined ? 'Creating' : 'Updating',
    };
  },
  complete: (body) => ({ body }),
  present: (body) => omit(body, 'etag'),
  deleteKind: () => 'systemTopics.put',
};

/** A topic's source is a whole subscription, which can have no second one, and never changes. */
function checkSource(write: Write): string {
  const sent = objectAt(write.sent, 'properties');
  const source = stringAt(sent, 'source') ?? '';
  const topicType = stringAt(sent, 'topicType') ?? '';
  if (topicType.toLowerCase() !== TOPIC_TYPE.toLowerCase()) {
    throw invalidRequest(`The topic type '${topicType}' is not supported: local Azure has ${TOPIC_TYPE} alone.`);
  }
  if (!/^\/subscriptions\/[^/]+\/?$/i.test(source) || !sameId(source.split('/')[2] ?? '', write.world.subscription)) {
    throw invalidRequest(`The source '${source}' does not match the topic type ${TOPIC_TYPE}.`);
  }
  if (write.location !== 'global') {
    throw invalidRequest("System topic's location must match with location of the source resource.");
  }
  const before = stringAt(write.before, 'properties', 'source');
  if (before !== undefined && !sameId(before, source)) throw invalidRequest('System topic source cannot be modified.');
  const other = write.world
    .ofType(SYSTEM_TOPIC_TYPE)
    .some(({ id, body }) => !sameId(id, write.id) && sameId(stringAt(body, 'properties', 'source') ?? '', source));
  if (!other) return source;
  throw invalidRequest(
    `There is an existing tracked system topic for the given source ${source}. Only one system topic is allowed per source.`,
  );
}
