// Bundles the app (functions/, with its page web/) and what runs it on one machine (local/) into dist/.
import { appEntry, bundle } from './packaging/bundle.ts';
import { buildPage } from './packaging/page.ts';

const entryPoints = {
  ...appEntry,
  'cli/gatehouse': 'cli/main.ts',
  'local/main': 'local/main.ts',
  'local/appOnly': 'local/appOnly.ts',
  'local/azure': 'local/azure/main.ts',
  'local/demo': 'local/demo/main.ts',
};
const isQuiet = process.argv.includes('--quiet');
// It takes some seconds, and whoever has asked for something else waits for it.
if (isQuiet) console.error('Building the app …');
const app = await bundle(entryPoints, 'dist');
const page = await buildPage('dist/web');
const outputs = { ...app.outputs, ...page.outputs };
if (!isQuiet) {
  for (const [file, { bytes, entryPoint }] of Object.entries(outputs)) {
    if (entryPoint !== undefined) console.log(`${file}  ${Math.ceil(bytes / 1024)} KB`);
  }
}
