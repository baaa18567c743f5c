// `npm run openapi:examples`: plays the life of an environment in virtual time and keeps what the app was sent and answered, for
// `npm run openapi` to put into the document. What it writes is the same each time, as long as the app answers the same.
import { writeFileSync } from 'node:fs';
import { EXAMPLES_FILE } from '../../openapi/examples.ts';
import { maskedText } from '../replay/masking.ts';
import { tellTimeBy } from '../replay/virtualDate.ts';
import { startTestCloud } from '../support/localCloud.ts';
import { examplesOf } from './life.ts';

const cloud = await startTestCloud({ seed: 'none' });
const tellRealTime = tellTimeBy(cloud.clock);
const examples = await examplesOf(cloud);
await cloud.close();
tellRealTime();
const written = JSON.stringify(examples, undefined, 2);
// AKS names the address of a load balancer after the uid of its service, and local Azure draws it by the name.
const [, address] = /"translatedAddress": "([\d.]+)"/.exec(written) ?? [];
if (address === undefined) throw new Error('Nothing was published.');
const text = maskedText(written)
  .replaceAll(address, '20.85.100.7')
  .replaceAll('http://127.0.0.1/', 'https://gatehouse.example.com/');
writeFileSync(EXAMPLES_FILE, `${text}\n`);
// The app keeps connections open.
process.exit();
