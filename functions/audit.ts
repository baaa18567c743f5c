import { randomUUID } from 'node:crypto';
import type { StartStepInput } from '../orchestrations/advance.ts';
import type { StepOutcome } from '../orchestrations/stepRecord.ts';
import { auditChain } from '../shared/audit/chain.ts';
import { AUDIT_PREFIX, receiptOf, type Act } from '../shared/audit/record.ts';
import { redacted } from '../shared/redact.ts';

/** Where records are written: the log of the invocation that something was done in. */
export interface AuditLog {
  readonly invocationId: string;
  info(message: string): void;
}

/** The chain of this process: other instances have their own, and a restart begins another. */
const chain = auditChain(randomUUID());

/**
 * Records who did what, as a log line in the chain of this process.
 *
 * @returns a receipt, which pins this record and everything before it
 */
export function audit(log: AuditLog, act: Omit<Act, 'request'>): string {
  const { detail, ...rest } = act;
  const record = chain.add(
    { ...rest, ...(detail === undefined ? {} : { detail: redacted(detail) }), request: log.invocationId },
    new Date(),
  );
  log.info(`${AUDIT_PREFIX}${JSON.stringify(record)}`);
  return receiptOf(record);
}

/** Records what a step of an environment's orchestration wrote to Azure, or why it could not. */
export function auditStep(log: AuditLog, { graph, step, spec }: StartStepInput, outcome: StepOutcome): void {
  const wrote = outcome.outcome === 'started' || (outcome.outcome === 'done' && outcome.wrote);
  const failure = outcome.outcome === 'failed' ? outcome.problem.code : undefined;
  if (!wrote && failure === undefined) return;
  audit(log, {
    actor: { kind: 'lane', id: spec.name },
    act: `${graph}.${step}`,
    environment: spec.name,
    outcome: failure ?? 'wrote',
  });
}
