import { ArmError } from '../../shared/azure/errors.ts';
import { deleteResource, putResource, readResource } from '../../shared/azure/resource.ts';
import type { DesiredResource } from '../../shared/model/resource.ts';
import type { StepOutcome } from '../stepRecord.ts';
import { done, waitFor } from './outcomes.ts';

/**
 * Writes the role assignments that are missing. Their names are derived from scope, principal and role, so a repeated
 * write finds its own. A new principal takes a while to reach every directory replica (`PrincipalNotFound`).
 *
 * @throws ArmError when Azure refuses
 */
export async function ensureRoleAssignments(assignments: readonly DesiredResource[]): Promise<StepOutcome> {
  const outcomes = await Promise.all(assignments.map(ensureRoleAssignment));
  return (
    outcomes.find(({ outcome }) => outcome !== 'done') ?? done(outcomes.some((o) => o.outcome === 'done' && o.wrote))
  );
}

async function ensureRoleAssignment({ id, apiVersion, body }: DesiredResource): Promise<StepOutcome> {
  if ((await readResource(id, apiVersion)) !== undefined) return done(false);
  try {
    await putResource(id, apiVersion, body);
    return done(true);
  } catch (error) {
    if (!(error instanceof ArmError)) throw error;
    if (error.code === 'PrincipalNotFound') return waitFor("the cluster's identity has not spread through Entra yet");
    // Somebody assigned the same role under another name: what is wanted is there.
    if (error.code === 'RoleAssignmentExists') return done(false);
    throw error;
  }
}

/** Deletes the role assignments that Gatehouse made. @throws ArmError when Azure refuses */
export async function removeRoleAssignments(assignments: readonly DesiredResource[]): Promise<StepOutcome> {
  const present = await Promise.all(
    assignments.map(async (assignment) => ({
      ...assignment,
      exists: (await readResource(assignment.id, assignment.apiVersion)) !== undefined,
    })),
  );
  const ours = present.filter(({ exists }) => exists);
  await Promise.all(ours.map(({ id, apiVersion }) => deleteResource(id, apiVersion)));
  return done(ours.length > 0);
}
