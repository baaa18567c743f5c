import { readFileSync } from 'node:fs';
import { commandsTable, optionsTable } from './commands.ts';
import { errorsPage, exitCodesTable, noticesTable, skippedTable } from './errors.ts';
import { commonStatuses, routesTable } from './routes.ts';
import { specTables } from './spec.ts';
import { withGenerated } from './markdown.ts';

/** What each page of docs/ that is made from the code, or in part, should hold, by its path. */
export const generatedPages = (): Readonly<Record<string, string>> => ({
  'docs/errors.md': errorsPage(),
  'docs/cli.md': page('docs/cli.md', {
    commands: commandsTable(),
    options: optionsTable(),
    exitcodes: exitCodesTable(),
  }),
  'docs/http.md': page('docs/http.md', { routes: routesTable(), statuses: commonStatuses() }),
  'docs/ingress.md': page('docs/ingress.md', { skipped: skippedTable() }),
  'docs/notifications.md': page('docs/notifications.md', { notices: noticesTable() }),
  'docs/spec.md': page('docs/spec.md', specTables()),
});

/** A page as it is, with its generated parts made anew. */
const page = (path: string, parts: Readonly<Record<string, string>>): string =>
  Object.entries(parts).reduce((text, [name, part]) => withGenerated(text, name, part), readFileSync(path, 'utf8'));
