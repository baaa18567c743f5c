import { bodyJudge, type WrittenBody } from './armSchemas.ts';

/** Every PUT that local Azure got, judged by Azure's own schemas; where these are absent, nothing is. */
export interface WrittenBodies {
  readonly add: (request: WrittenBody) => void;
  /** The resource types whose bodies were judged, sorted. */
  types(): readonly string[];
  /** @throws Error that names every violation so far */
  requireValid(): void;
}

let judge: ReturnType<typeof bodyJudge> | 'unread' = 'unread';

/** @param planted unknown properties that a test puts into Azure's state to see them survive the app's writes */
export function writtenBodies(planted: readonly string[] = []): WrittenBodies {
  if (judge === 'unread') judge = bodyJudge();
  const judgeBody = judge;
  const types = new Set<string>();
  const violations = new Set<string>();
  return {
    add: (request) => {
      const verdict = judgeBody?.(request);
      if (verdict === undefined) return;
      types.add(verdict.type);
      for (const { text, unknownProperty = '' } of verdict.violations)
        if (!planted.includes(unknownProperty)) violations.add(`PUT ${request.path}: ${text}`);
    },
    types: () => [...types].sort(),
    requireValid: () => {
      if (violations.size === 0) return;
      throw new Error(
        `Azure's schemas refuse what was written. (What answers have beyond them belongs in echoedProperties.ts.)\n` +
          [...violations].join('\n'),
      );
    },
  };
}
