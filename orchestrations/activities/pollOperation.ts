import { pollOperation as poll } from '../../shared/azure/operations.ts';
import { apiVersions } from '../../shared/model/apiVersions.ts';
import type { PollInput } from '../advance.ts';
import type { PollOutcome } from '../stepRecord.ts';
import { problemOf } from './outcomes.ts';

/** Activity: looks once at a long-running operation. */
export async function pollOperation({ operation }: PollInput): Promise<PollOutcome> {
  try {
    const progress = await poll(operation, apiVersionOf(operation.resourceId));
    if (progress.status !== 'failed') return progress;
    const { code, message } = progress;
    return {
      status: 'failed',
      problem: {
        code,
        message: `${operation.resourceId}: ${message}`,
        remedy: "Correct what the message names (the resource's activity log has the details), then retry.",
      },
    };
  } catch (error) {
    return { status: 'failed', problem: problemOf(error) };
  }
}

function apiVersionOf(resourceId: string): string {
  if (/\/providers\/Microsoft\.ContainerService\//i.test(resourceId)) return apiVersions.containerService;
  if (/\/providers\/Microsoft\.Authorization\//i.test(resourceId)) return apiVersions.authorization;
  if (/\/providers\/Microsoft\.EventGrid\//i.test(resourceId)) return apiVersions.eventGrid;
  return /\/providers\/Microsoft\.Network\//i.test(resourceId) ? apiVersions.network : apiVersions.resources;
}
