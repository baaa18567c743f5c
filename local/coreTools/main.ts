// The first part of `npm run start:func`: says what is missing before Core Tools are started, which would say it less clearly.
import { listensHere, missingForCoreTools } from './preflight.ts';
import { runMain } from '../options.ts';

runMain(async () => {
  const missing = await missingForCoreTools({
    appDirectory: process.cwd(),
    environment: process.env,
    nodeVersion: process.versions.node,
    listens: listensHere,
  });
  for (const line of missing) console.error(line);
  process.exitCode = missing.length > 0 ? 1 : 0;
});
