// `npm run start:app`: the app alone, on the Azure that local.settings.json names, in real time.
import { parseArgs } from 'node:util';
import { settings } from '../shared/settings.ts';
import { startHost } from './host/host.ts';
import { closeOnSignal, portChosenBy, portOption, runMain } from './options.ts';

const usage = `Starts the app alone on this machine, with the settings of local.settings.json, e.g. on a real subscription.

  npm run start:app -- [options]

  --port N      the app's port (default 7071; 0 picks a free one)
  --state DIR   where the task hub and the keys are kept (default .gatehouse/app)
  --help
`;

runMain(async () => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '7071' },
      state: { type: 'string', default: '.gatehouse/app' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const host = await startHost({
    appDirectory: process.cwd(),
    port: portOption('port', values.port),
    taskHubDirectory: values.state,
  }).catch(portChosenBy('port'));
  const { subscription, armEndpoint } = settings();
  console.log(`The app works on ${armEndpoint}, subscription ${subscription ?? '(none: set GATEHOUSE_SUBSCRIPTION)'}.

  app   ${host.origin}/api   (health: ${host.origin}/api/health)
  key   ${host.keys.function}

Stop with Ctrl+C.`);
  closeOnSignal(() => host.close());
});
