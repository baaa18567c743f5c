import { randomUUID } from 'node:crypto';
import { ArmError } from '../errors.ts';
import { stringAt, type Json } from '../json.ts';
import { lastSegment } from '../resourceId.ts';
import type { Clock } from '../../clock.ts';
import { timeText, type DeliverySchema } from './events.ts';
import { callWebhook } from './webhook.ts';

const ORIGIN = 'eventgrid.azure.net';

export interface Handshake {
  readonly clock: Clock;
  /** Id of the event subscription. */
  readonly id: string;
  /** The topic's source. */
  readonly source: string;
  readonly url: string;
  readonly schema: DeliverySchema;
}

/**
 * Asks a webhook whether it wants events, before it gets any. Event Grid's own schema sends a code that must come back in
 * the answer; CloudEvents ask by OPTIONS for their origin to be allowed. Throws `Url validation` otherwise.
 */
export async function shakeHands(handshake: Handshake): Promise<void> {
  return handshake.schema === 'EventGridSchema' ? validateByCode(handshake) : validateByOrigin(handshake);
}

async function validateByCode({ clock, id, source, url }: Handshake): Promise<void> {
  const code = randomUUID();
  const event = {
    id: randomUUID(),
    topic: source,
    subject: '',
    eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
    eventTime: timeText(clock.now()),
    data: {
      validationCode: code,
      validationUrl: `https://rp-eastus.eventgrid.azure.net/eventsubscriptions/${lastSegment(id)}/validate?id=${code}`,
    },
    dataVersion: '2',
    metadataVersion: '1',
  };
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'aeg-event-type': 'SubscriptionValidation',
    'aeg-subscription-name': lastSegment(id).toUpperCase(),
  };
  const answer = await callWebhook(clock, url, 'POST', headers, [event]);
  if (answer.status === undefined || answer.status >= 300) throw failed(url, 'POST', answer.status, 'esvalidation');
  if (responseOf(answer.text) !== code)
    throw failed(url, 'POST', 'a validationResponse that is not the code sent', 'esvalidation');
}

async function validateByOrigin({ clock, url }: Handshake): Promise<void> {
  const headers = { 'webhook-request-origin': ORIGIN, 'webhook-request-rate': '120' };
  const answer = await callWebhook(clock, url, 'OPTIONS', headers);
  const allowed = answer.status === 200 ? answer.headers.get('webhook-allowed-origin') : null;
  if (allowed === ORIGIN || allowed === '*') return;
  throw failed(url, 'OPTIONS', answer.status, 'esvalidationcloudevent');
}

function responseOf(text: string): string | undefined {
  try {
    return stringAt(JSON.parse(text) as Json, 'validationResponse');
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function failed(url: string, method: string, outcome: number | string | undefined, page: string): ArmError {
  const base = url.split('?')[0] ?? '';
  const reason =
    typeof outcome === 'string' ? `was answered with ${outcome}` : `failed with response code ${outcome ?? 'Unknown'}`;
  return new ArmError(
    400,
    'Url validation',
    `Webhook validation handshake failed for ${base}. Http ${method} request ${reason}. For troubleshooting, visit https://aka.ms/${page}.`,
  );
}
