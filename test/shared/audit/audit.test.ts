import fc from 'fast-check';
import { auditChain } from '../../../shared/audit/chain.ts';
import { readAuditLines } from '../../../shared/audit/read.ts';
import { AUDIT_PREFIX, hashOf, receiptOf, type Act, type AuditRecord } from '../../../shared/audit/record.ts';
import { verifyChains } from '../../../shared/audit/verify.ts';

const act: Act = {
  actor: { kind: 'principal', id: 'o1', name: 'alice', roles: ['Owner'] },
  act: 'deleteEnvironment',
  environment: 'shop',
  outcome: 'accepted',
  request: 'r1',
};

function chainOf(length: number, id = 'a', change: (index: number) => Partial<Act> = () => ({})): AuditRecord[] {
  const chain = auditChain(id);
  return Array.from({ length }, (_, index) => chain.add({ ...act, ...change(index) }, new Date(index * 1000)));
}

const faults = (records: readonly AuditRecord[], receipts: readonly string[] = []) =>
  verifyChains(records, receipts).flatMap((chain) => chain.faults.map(({ kind, sequence }) => `${kind} ${sequence}`));

const records = chainOf(5);

test('a chain is whole, in whatever order its records come, and however often', () => {
  expect(faults([...records, ...records].reverse())).toEqual([]);
  expect(verifyChains(records)).toMatchObject([
    { chain: 'a', first: 1, last: 5, receipt: receiptOf(records[4] as AuditRecord) },
  ]);
});

test('each process has its own', () => {
  expect(faults([...records, ...chainOf(3, 'b')])).toEqual([]);
});

test('whatever is changed in any record shows', () => {
  const changes: Partial<AuditRecord>[] = [
    { act: 'syncEnvironment' },
    { actor: { kind: 'anyone' } },
    { outcome: 'role-missing' },
    { environment: 'other' },
    { time: '2030-01-01T00:00:00.000Z' },
    { detail: 'x' },
    { request: 'r2' },
  ];
  for (const change of changes)
    expect(faults(records.with(2, { ...(records[2] as AuditRecord), ...change }))).toEqual(['altered 3']);
});

test('a record that was changed and hashed anew does not fit the one after it', () => {
  const changed = { ...(records[2] as AuditRecord), outcome: 'role-missing' };
  expect(faults(records.with(2, { ...changed, hash: hashOf(changed) }))).toEqual(['relinked 4']);
});

test('what was taken out, put in or cut off shows', () => {
  expect(faults(records.toSpliced(2, 1))).toEqual(['missing 4']);
  expect(faults(records.slice(2))).toEqual(['cut 3']);
  const other = chainOf(5, 'a', (index) => (index === 2 ? { outcome: 'x' } : {}));
  expect(faults([...records, other[2] as AuditRecord])).toEqual(expect.arrayContaining(['forked 3']));
});

test('a receipt proves what was cut off at the end, the whole chain included', () => {
  const receipt = receiptOf(records[4] as AuditRecord);
  expect(faults(records, [receipt])).toEqual([]);
  expect(faults(records.slice(0, 3))).toEqual([]);
  expect(faults(records.slice(0, 3), [receipt])).toEqual(['cut 5']);
  expect(faults([], [receipt])).toEqual(['cut 5']);
  // Written anew from the beginning: every hash fits, and the receipt does not.
  expect(
    faults(
      chainOf(5, 'a', () => ({ environment: 'x' })),
      [receipt],
    ),
  ).toEqual(['altered 5']);
});

test.each<[string, (line: string) => string]>([
  ['as the app writes them', (line) => `[2026-11-27T10:00:00.000Z] information deleteEnvironment: ${line}`],
  ['as strings in JSON', (line) => JSON.stringify({ TimeGenerated: 'x', Message: line, AppRoleName: 'gatehouse' })],
  ['as fields of CSV', (line) => `"2026","${line.replaceAll('"', '""')}","gatehouse"`],
])('records are read %s', (_what, written) => {
  fc.assert(
    fc.property(fc.string(), (detail) => {
      const made = chainOf(2, 'a', () => ({ detail }));
      const text = made.map((record) => written(`${AUDIT_PREFIX}${JSON.stringify(record)}`)).join('\n');
      const read = readAuditLines(`something else\n${text}\n`);
      expect(read).toEqual({ records: made, unreadable: [] });
      expect(faults(read.records)).toEqual([]);
    }),
  );
});

test('a line that was cut is no noise', () => {
  const line = `${AUDIT_PREFIX}${JSON.stringify(records[0])}`;
  expect(readAuditLines(`x\n${line.slice(0, -20)}\ny`)).toEqual({ records: [], unreadable: [2] });
});
