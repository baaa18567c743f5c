// Writes docs/openapi.json anew, from the table of routes, the parsers and the types of answers.
import { writeFileSync } from 'node:fs';
import { openApiDocument } from './document.ts';

writeFileSync('docs/openapi.json', `${JSON.stringify(openApiDocument(), undefined, 2)}\n`);
