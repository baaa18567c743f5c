import * as z from 'zod';
import { AUDIT_PREFIX, type AuditRecord } from './record.ts';

const actor = z.looseObject({ kind: z.string() });
const record = z.looseObject({
  audit: z.literal(1),
  chain: z.string().min(1),
  sequence: z.int().min(1),
  time: z.string(),
  actor,
  act: z.string(),
  outcome: z.string(),
  request: z.string(),
  previous: z.string(),
  hash: z.string(),
});

/**
 * The audit records in exported log lines: plain text, JSON lines as `az monitor log-analytics query` and diagnostic
 * settings give them, or CSV with doubled quotes. A line that begins like a record and is none is a fault, not noise.
 *
 * @returns `unreadable` holds the numbers of such lines, from 1
 */
export function readAuditLines(text: string): { readonly records: AuditRecord[]; readonly unreadable: number[] } {
  const records: AuditRecord[] = [];
  const unreadable: number[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (!mentionsRecord(line)) continue;
    const found = recordIn(line);
    if (found === undefined) unreadable.push(index + 1);
    else records.push(found);
  }
  return { records, unreadable };
}

const mentionsRecord = (line: string): boolean => new RegExp(`${AUDIT_PREFIX}\\{\\\\*"+audit|^\\{"audit":`).test(line);

function recordIn(line: string): AuditRecord | undefined {
  const start = line.indexOf(`${AUDIT_PREFIX}{`);
  const text = start < 0 ? line : line.slice(start + AUDIT_PREFIX.length);
  // As it was written; as a string inside of JSON; as a field of CSV.
  const readings = [text, unescaped(text), text.replaceAll('""', '"')];
  for (const reading of readings) {
    // What follows the record, such as the rest of a JSON line, is not its own: the hash ends it.
    const end = /"hash":"[0-9a-f]{64}"\}/.exec(reading);
    if (end === null) continue;
    const parsed = record.safeParse(json(reading.slice(0, end.index + end[0].length)));
    // Hashed in the order in which the fields stand, so the value is kept as it was parsed.
    if (parsed.success) return json(reading.slice(0, end.index + end[0].length)) as AuditRecord;
  }
  return undefined;
}

const unescaped = (text: string): string =>
  text.replaceAll('\\\\', '\u0000').replaceAll('\\"', '"').replaceAll('\u0000', '\\');

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
