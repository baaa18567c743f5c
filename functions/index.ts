// The app's entry: the host loads this module, and it registers every function. Nothing here may throw, since one
// exception at the top level would hide every function.
import * as df from 'durable-functions';
import type { PollInput, StartStepInput } from '../orchestrations/advance.ts';
import { pollOperation } from '../orchestrations/activities/pollOperation.ts';
import { startStep } from '../orchestrations/activities/startStep.ts';
import { FIREWALL_LANE, firewallLane, graphOrchestrator } from '../orchestrations/firewallLane.ts';
import { provision, teardown } from '../orchestrations/graphs.ts';
import { registerEnvironments } from './environments.ts';
import { registerHealth } from './health.ts';
import { registerPlans } from './plans.ts';
import { registerSignals } from './signals.ts';

registerEnvironments();
registerPlans();
registerSignals();
registerHealth();

df.app.orchestration(FIREWALL_LANE, firewallLane);
df.app.orchestration(graphOrchestrator.provision, provision);
df.app.orchestration(graphOrchestrator.teardown, teardown);
df.app.activity('startStep', { handler: (input, context) => startStep(input as StartStepInput, context) });
df.app.activity('pollOperation', { handler: (input, context) => pollOperation(input as PollInput, context) });
