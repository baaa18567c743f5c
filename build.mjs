// Bundles the app (functions/) and what runs it on one machine (local/) into dist/.
import { appEntry, bundle } from './packaging/bundle.ts';

const entryPoints = {
  ...appEntry,
  'cli/gatehouse': 'cli/main.ts',
  'local/main': 'local/main.ts',
  'local/appOnly': 'local/appOnly.ts',
  'local/azure': 'local/azure/main.ts',
  'local/demo': 'local/demo/main.ts',
};
const { outputs } = await bundle(entryPoints, 'dist');
if (!process.argv.includes('--quiet')) {
  for (const [file, { bytes, entryPoint }] of Object.entries(outputs)) {
    if (entryPoint !== undefined) console.log(`${file}  ${Math.ceil(bytes / 1024)} KB`);
  }
}
