import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditChain } from '../../shared/audit/chain.ts';
import { AUDIT_PREFIX, receiptOf } from '../../shared/audit/record.ts';

const directory = mkdtempSync(join(tmpdir(), 'audit-'));
afterAll(() => rmSync(directory, { recursive: true }));

const chain = auditChain('a');
const records = [1, 2, 3].map((second) =>
  chain.add(
    { actor: { kind: 'timer', id: 'driftTimer' }, act: 'x', outcome: 'accepted', request: 'r' },
    new Date(second),
  ),
);
const lines = records.map((record) => `${AUDIT_PREFIX}${JSON.stringify(record)}`);

function verify(text: string, ...more: string[]) {
  const file = join(directory, 'log.txt');
  writeFileSync(file, text);
  const { status, stdout } = spawnSync(process.execPath, ['--no-warnings', 'cli/auditVerify.ts', file, ...more], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
  return { status, stdout };
}

test('it says that a chain is whole and where it ends, and where one is broken or cut', () => {
  const receipt = receiptOf(records[2] as (typeof records)[number]);
  expect(verify(lines.join('\n'))).toEqual({ status: 0, stdout: `a: whole, records 1 to 3. Its end: ${receipt}\n` });
  expect(verify([lines[0], lines[2]].join('\n'))).toEqual({
    status: 1,
    stdout: 'a: broken\n  missing: Records 2 to 2 are missing.\n',
  });
  expect(verify(lines.slice(0, 2).join('\n'), '--receipt', receipt)).toMatchObject({
    status: 1,
    stdout: expect.stringContaining('A receipt proves record 3, which is missing.'),
  });
  expect(verify('nothing')).toMatchObject({ status: 2 });
});
