// The app's entry: the host loads this module, and it registers every function. Nothing here may throw, since one
// exception at the top level would hide every function.
import * as df from 'durable-functions';
import { ACCESS_LANE, ACCESS_PASS, accessLane } from '../orchestrations/accessLane.ts';
import { accessLanes } from '../orchestrations/activities/accessLanes.ts';
import { planRanges } from '../orchestrations/activities/authorizedRanges.ts';
import { pollOperation } from '../orchestrations/activities/pollOperation.ts';
import { startStep } from '../orchestrations/activities/startStep.ts';
import type { PollInput, StartStepInput } from '../orchestrations/advance.ts';
import { FIREWALL_LANE, firewallLane, graphOrchestrator } from '../orchestrations/firewallLane.ts';
import { notification, NOTIFICATION } from '../orchestrations/notification.ts';
import { tell } from '../orchestrations/activities/tell.ts';
import { accessPass, provision, sync, teardown, release } from '../orchestrations/graphs.ts';
import { auditStep } from './audit.ts';
import { registerDriftTimer } from './driftTimer.ts';
import { registerHousekeeping } from './housekeeping.ts';
import { registerRoutes } from './http/register.ts';
import { registerNotifier } from './notifier.ts';
import { registerLoadBalancerChanged } from './loadBalancerChanged.ts';
import { redactLogs } from './redactedLogs.ts';
import { routes } from './routes.ts';
import { registerTelemetry } from './telemetry.ts';

redactLogs();
registerTelemetry();
registerRoutes(routes);
registerLoadBalancerChanged();
registerDriftTimer();
registerHousekeeping();
registerNotifier();

df.app.orchestration(FIREWALL_LANE, firewallLane);
df.app.orchestration(graphOrchestrator.provision, provision);
df.app.orchestration(graphOrchestrator.sync, sync);
df.app.orchestration(graphOrchestrator.teardown, teardown);
df.app.orchestration(graphOrchestrator.release, release);
df.app.orchestration(ACCESS_LANE, accessLane);
df.app.orchestration(ACCESS_PASS, accessPass);
df.app.orchestration(NOTIFICATION, notification);
df.app.activity('startStep', {
  extraInputs: [df.input.durableClient()],
  handler: async (input, context) => {
    const outcome = await startStep(input as StartStepInput, accessLanes(df.getClient(context)), context);
    auditStep(context, input as StartStepInput, outcome);
    return outcome;
  },
});
df.app.activity('pollOperation', { handler: (input, context) => pollOperation(input as PollInput, context) });
df.app.activity('planRanges', { handler: planRanges });
df.app.activity('sendNotice', { handler: tell });
