import type { Json } from '../../model/json.ts';
import type { Rule, SpecChange } from './specChange.ts';

type Section = Readonly<Record<string, Json | undefined>>;

/** A part of a spec, whose fields are JSON. */
export const asSection = (part: object): Section => part as Section;

interface AnyRules {
  readonly [key: string]: Rule<never> | AnyRules;
}

/** Every field of a section that differs, judged by its rule, in the order of the rules. @param path of the section */
export function changesBelow(
  below: AnyRules,
  before: Section,
  after: Section,
  path: readonly string[],
): readonly SpecChange[] {
  return Object.entries(below).flatMap(([key, rule]): readonly SpecChange[] => {
    const [old, wanted] = [before[key], after[key]];
    const at = [...path, key];
    if (typeof rule !== 'function') return changesBelow(rule, (old ?? {}) as Section, (wanted ?? {}) as Section, at);
    if (JSON.stringify(old) === JSON.stringify(wanted)) return [];
    const values = { ...(old !== undefined && { before: old }), ...(wanted !== undefined && { after: wanted }) };
    return [{ path: at.join('.'), ...values, ...rule(old as never, wanted as never) }];
  });
}
