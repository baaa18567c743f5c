// `npm run start:azure`: local Azure alone, until it is stopped.
import { parseArgs } from 'node:util';
import {
  closeOnSignal,
  integerOption,
  portChosenBy,
  portOption,
  runMain,
  timeScaleOption,
  wordOption,
} from '../options.ts';
import { cloudNames } from './clouds.ts';
import { authorityFile } from './httpsCertificate.ts';
import { startLocalAzure } from './server.ts';

const usage = `Starts local Azure alone on this machine.

  npm run start:azure -- [options]

  --port N         where to listen (default 8480; 0 picks a free one)
  --https-port N   where to listen with TLS, for the az command line (default 8443; 0 picks a free one)
  --cloud NAME     AzureCloud, AzureUSGovernment or AzureChinaCloud (default AzureCloud)
  --time-scale N   seconds of Azure time per second (default 60)
  --seed N         draws latencies; without it every operation takes its median
  --state DIR      where everything is kept across restarts; without it, in memory alone
  --help
`;

runMain(async () => {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8480' },
      'https-port': { type: 'string', default: '8443' },
      cloud: { type: 'string', default: 'AzureCloud' },
      'time-scale': { type: 'string', default: '60' },
      seed: { type: 'string' },
      state: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const timeScale = timeScaleOption(values['time-scale']);
  const https = { port: portOption('https-port', values['https-port']) };
  const azure = await startLocalAzure({
    port: portOption('port', values.port),
    https,
    cloud: wordOption('cloud', values.cloud, cloudNames),
    timeScale,
    ...(values.seed === undefined ? {} : { seed: integerOption('seed', values.seed, 0, Number.MAX_SAFE_INTEGER) }),
    ...(values.state === undefined ? {} : { stateDirectory: values.state }),
    log: (message) => console.log(message),
  })
    .catch(portChosenBy('https-port', https.port))
    .catch(portChosenBy('port'));
  console.log(`local Azure listens on ${azure.origin}, ${timeScale} seconds of Azure time per second`);
  // Without a state directory its authority is nowhere to be read, and nobody could trust it.
  if (azure.https !== undefined && values.state !== undefined)
    console.log(`for az: ${azure.https.origin}, REQUESTS_CA_BUNDLE=${authorityFile(values.state)}`);
  console.log(`IDENTITY_ENDPOINT=${azure.identity.endpoint} IDENTITY_HEADER=${azure.identity.header}`);
  closeOnSignal(() => azure.close());
});
