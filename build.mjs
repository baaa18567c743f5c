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
const app = await bundle(entryPoints, 'dist');
const page = await buildPage('dist/web');
const outputs = { ...app.outputs, ...page.outputs };
if (!process.argv.includes('--quiet')) {
  for (const [file, { bytes, entryPoint }] of Object.entries(outputs)) {
    if (entryPoint !== undefined) console.log(`${file}  ${Math.ceil(bytes / 1024)} KB`);
  }
}
