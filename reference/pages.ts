import { errorsPage } from './errors.ts';

/** What each page of docs/ that is made from the code should hold, by its path. */
export const generatedPages = (): Readonly<Record<string, string>> => ({
  'docs/errors.md': errorsPage(),
});
