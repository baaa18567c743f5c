// `npm run audit:verify -- FILE [--receipt RECEIPT …]`: says of exported log lines whether the audit chains in them are whole.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readAuditLines } from '../shared/audit/read.ts';
import { verifyChains, type VerifiedChain } from '../shared/audit/verify.ts';

const usage = `Verifies the audit records in exported log lines.

  npm run audit:verify -- FILE [FILE …] [--receipt RECEIPT …]

  --receipt  as answers of the app carry it (header x-gatehouse-audit): proves a record, and that nothing before it is missing
  --help

Ends with 0 where every chain is whole, with 1 where one is broken or cut, with 2 where there is nothing to verify.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { receipt: { type: 'string', multiple: true, default: [] }, help: { type: 'boolean', default: false } },
});

if (values.help || positionals.length === 0) {
  console.log(usage);
  process.exitCode = values.help ? 0 : 2;
} else {
  const { records, unreadable } = readAuditLines(positionals.map((file) => readFileSync(file, 'utf8')).join('\n'));
  const chains = verifyChains(records, values.receipt);
  for (const chain of chains) console.log(told(chain));
  for (const line of unreadable) console.log(`Line ${line} begins like a record and is none: it was cut or changed.`);
  if (chains.length === 0 && unreadable.length === 0) console.log('There is no audit record in there.');
  const isSound = unreadable.length === 0 && chains.every(({ faults }) => faults.length === 0);
  process.exitCode = !isSound ? 1 : chains.length === 0 ? 2 : 0;
}

function told({ chain, first, last, receipt, faults }: VerifiedChain): string {
  if (faults.length === 0) return `${chain}: whole, records ${first} to ${last}. Its end: ${receipt}`;
  return [`${chain}: broken`, ...faults.map(({ kind, message }) => `  ${kind}: ${message}`)].join('\n');
}
