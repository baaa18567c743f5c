import { pollOperation as poll } from '../../shared/azure/operations.ts';
import { apiVersions } from '../../shared/model/apiVersions.ts';
import { redacted } from '../../shared/redact.ts';
import { observe } from '../../shared/telemetry/instruments.ts';
import type { PollInput } from '../advance.ts';
import type { PollOutcome } from '../stepRecord.ts';
import { isExpected, problemOf } from './outcomes.ts';
import type { ActivityLog } from './startStep.ts';

/** Activity: looks once at a long-running operation. */
export async function pollOperation(input: PollInput, log: ActivityLog): Promise<PollOutcome> {
  const { step, operation } = input;
  try {
    const progress = await poll(operation, apiVersionOf(operation.resourceId));
    if (progress.status !== 'running') measure(input, progress.status);
    if (progress.status !== 'failed') return progress;
    const { code, message } = progress;
    return {
      status: 'failed',
      hopeless: isHopeless(code),
      problem: {
        code,
        message: redacted(`${operation.resourceId}: ${message}`),
        remedy: "Correct what the message names (the resource's activity log has the details), then retry.",
      },
    };
  } catch (error) {
    if (!isExpected(error)) log.error(`A look at the operation of step ${step} failed unexpectedly`, error);
    return { status: 'failed', hopeless: true, problem: problemOf(error) };
  }
}

const firewallResource = /\/providers\/Microsoft\.Network\/(azureFirewalls|firewallPolicies)\//i;

/** How long a write of the firewall took, as Azure's clock tells its beginning and the lane's its end. */
function measure({ pass, operation }: PollInput, outcome: 'succeeded' | 'failed'): void {
  if (pass === undefined || pass.graph === 'teardown' || !firewallResource.test(operation.resourceId)) return;
  const seconds = (Date.parse(pass.time) - Date.parse(operation.acceptedAt)) / 1000;
  // Azure does not always tell its time, and the two clocks may be a moment apart.
  if (Number.isNaN(seconds)) return;
  observe('gatehouse_firewall_write_seconds', { environment: pass.environment, outcome }, Math.max(0, seconds));
}

/** Whether the same write would only fail the same way: what was asked for can't be had. */
const isHopeless = (code: string): boolean =>
  /Quota|Authorization|Invalid|Disallowed|NotAllowed|NotSupported|NotAvailable|NotFound/i.test(code);

function apiVersionOf(resourceId: string): string {
  if (/\/providers\/Microsoft\.ContainerService\//i.test(resourceId)) return apiVersions.containerService;
  if (/\/providers\/Microsoft\.Authorization\//i.test(resourceId)) return apiVersions.authorization;
  if (/\/providers\/Microsoft\.EventGrid\//i.test(resourceId)) return apiVersions.eventGrid;
  return /\/providers\/Microsoft\.Network\//i.test(resourceId) ? apiVersions.network : apiVersions.resources;
}
