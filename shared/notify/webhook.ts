import type { Notice } from '../model/notice.ts';
import type { NotificationSettings } from '../settings.ts';
import { noticeBody } from './formats.ts';

const DEADLINE_MS = 10_000;

/** A webhook that has not taken a notice. Never names its address, which is a secret. */
class NotTakenError extends Error {
  override readonly name = 'NotTakenError';
}

/**
 * Sends a notice. Redirects are not followed: they could lead past the list of hosts.
 *
 * @throws NotTakenError for any answer but 2xx, and where there is none within ten seconds
 */
export async function sendNotice(notice: Notice, { url, format }: NotificationSettings): Promise<void> {
  const { contentType, body } = noticeBody(format, notice);
  const { host } = new URL(url);
  let response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': contentType },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : (cause as Error).name;
    throw new NotTakenError(`The webhook at ${host} could not be reached (${code}).`);
  }
  await response.body?.cancel();
  if (!response.ok) throw new NotTakenError(`The webhook at ${host} answered ${response.status} to ${notice.id}.`);
}
