import type { SpecContext, SpecResult } from './spec/types.ts';

export type * from './spec/types.ts';

export function parseEnvironmentSpec(_input: unknown, _context: SpecContext): SpecResult {
  return { ok: false, problems: [] };
}
