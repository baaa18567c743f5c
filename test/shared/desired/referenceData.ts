import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder =
  process.env['GATEHOUSE_REFERENCE_DATA'] ?? join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data');

/** One request that the real `az` sent for the article's commands. */
export interface ArticleRequest {
  readonly command: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

const file = join(folder, 'article-requests.jsonl');

/** Whether the reference data lies beside the repository; it is not part of it. */
export const hasReferenceData = existsSync(file);
if (!hasReferenceData) {
  // jest shows no console output of a file in which every test is skipped.
  process.stderr.write(
    `SKIPPED: no reference data at ${folder}. Set GATEHOUSE_REFERENCE_DATA to compare with the article.\n`,
  );
}

export function articleRequests(): readonly ArticleRequest[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ArticleRequest);
}
