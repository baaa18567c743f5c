import { formatHistory, parseHistory, type RecordedHistory } from './recordedHistory.ts';

/** Ids that mean something: the subscription of local Azure, ids of roles and the like, which never change. */
const KNOWN_ID = /^00000000-0000-0000-0000-/;
const RANDOM_ID = /\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})\b/g;
/** Fingerprints of rules, which follow from the uids of services. */
const FINGERPRINT = /"[0-9a-f]{8}"/g;
/** What signs the URL of an operation, or lets its bearer in. */
const SECRET_PARAMETER = /([?&](?:t|c|s|h|sig|se|code|token|key)=)[^&"\\\s]+/g;
/** Stand-ins listen on ports that the system chooses. */
const LOOPBACK = /\b(127\.0\.0\.1|localhost):\d+/g;
/** Comes from the `Date` of a stand-in's answer, which Node's server sets by the machine's time. */
const ACCEPTED_AT = /("acceptedAt":")[^"]*/g;

/**
 * A history without what is secret, and without what is another in each recording of the same life: random ids are
 * numbered in the order in which they appear. A replay needs none of it.
 */
export const masked = (history: RecordedHistory): RecordedHistory => parseHistory(maskedText(formatHistory(history)));

/** The same of any JSON as text. */
export function maskedText(text: string): string {
  const numbers = new Map<string, number>();
  const numbered = (id: string) => {
    if (KNOWN_ID.test(id)) return id;
    const number = numbers.get(id) ?? numbers.size + 1;
    numbers.set(id, number);
    const digits = String(number).padStart(12, '0');
    if (id.startsWith('"')) return `"${digits.slice(4)}"`;
    return id.includes('-') ? `10000000-0000-4000-8000-${digits}` : `10000000000040008000${digits}`;
  };
  return text
    .replaceAll(SECRET_PARAMETER, '$1masked')
    .replaceAll(LOOPBACK, '$1')
    .replaceAll(ACCEPTED_AT, (_all, field: string) => `${field}2026-01-01T00:00:00.000Z`)
    .replaceAll(RANDOM_ID, numbered)
    .replaceAll(FINGERPRINT, numbered);
}
