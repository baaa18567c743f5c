// `npm run infra:check`: compiles, lints and checks the templates with the Bicep CLI, which it fetches where it can.
import { fetchBicep, findBicep } from './bicep.ts';
import { checkTemplates } from './templates.ts';

const found = findBicep(process.env);
const bicep = 'missing' in found ? fetchBicep(process.env) : found;

if ('missing' in bicep) {
  console.error(`THE TEMPLATES WERE NOT CHECKED: ${'missing' in found ? found.missing : ''}; ${bicep.missing}`);
  console.error('Install the Bicep CLI (az bicep install) or the .NET SDK, which can fetch it from NuGet.');
  process.exitCode = 1;
} else {
  const { problems, hints } = checkTemplates(bicep);
  for (const line of [...hints, ...problems]) console.error(line);
  const outcome = problems.length === 0 ? 'compile and lint without a fault' : `have ${problems.length} problems`;
  console.log(`The templates ${outcome} (Bicep ${bicep.version}).`);
  if (problems.length > 0) process.exitCode = 1;
}
