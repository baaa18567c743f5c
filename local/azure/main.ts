import { parseArgs } from 'node:util';
import { scaledClock } from '../clock.ts';
import { continuedClock } from './continuedClock.ts';
import { startLocalAzure } from './server.ts';

const usage = 'usage: node dist/local/azure.js [--port 8480] [--time-scale 60] [--seed 1] [--state DIR]';

function number(text: string, option: string): number {
  const value = Number(text);
  if (text !== '' && Number.isFinite(value) && value >= 0) return value;
  throw new Error(`--${option} must be a number, not '${text}'. ${usage}`);
}

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '8480' },
    'time-scale': { type: 'string', default: '60' },
    seed: { type: 'string' },
    state: { type: 'string' },
  },
});
const scale = number(values['time-scale'], 'time-scale');
if (scale === 0) throw new Error(`--time-scale must be more than 0. ${usage}`);
const azure = await startLocalAzure({
  port: number(values.port, 'port'),
  clock: values.state === undefined ? scaledClock(scale) : continuedClock(values.state, scale),
  ...(values.seed === undefined ? {} : { seed: number(values.seed, 'seed') }),
  ...(values.state === undefined ? {} : { stateDirectory: values.state }),
  log: (message) => console.log(message),
});
console.log(`local Azure listens on ${azure.origin}, ${scale} seconds of Azure time per second`);
console.log(`IDENTITY_ENDPOINT=${azure.identity.endpoint} IDENTITY_HEADER=${azure.identity.header}`);

const stop = () => void azure.close();
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
