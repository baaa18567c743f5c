import * as z from 'zod';
import { suggestion } from '../nearest.ts';
import type { Problem } from '../problem.ts';
import { shown } from './fields.ts';

/** The way to a part of the input: names of fields, and numbers of entries counted from 0. */
export type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

/** A fault of form, and which part of the input it makes unusable. */
export interface FormProblem {
  readonly problem: Problem;
  readonly at: Path;
}

/** Every issue that the schema found in the input, each with a remedy. */
export function formProblems(schema: z.ZodType, input: unknown, issues: readonly Issue[]): readonly FormProblem[] {
  return issues.flatMap((issue): readonly FormProblem[] => {
    if (issue.code === 'unrecognized_keys') {
      const known = fieldsAt(schema, issue.path);
      return issue.keys.map((key) => ({
        problem: {
          path: dotted([...issue.path, key]),
          message: `"${shown(key)}" is no field here`,
          remedy: suggestion(key, known),
        },
        at: [...issue.path, key],
      }));
    }
    const inner = issuesWithin(issue);
    if (inner.length > 0) return formProblems(schema, input, inner);
    const value = valueAt(input, issue.path);
    const problem = { path: dotted(issue.path), ...faultOf(issue, value) };
    // Without a field that it requires, the object around it is of no use either; an entry of a list never is.
    const inEntry = issue.path.some((part) => typeof part === 'number');
    const missing = value === undefined && issue.path.length > 1 && !inEntry;
    return [{ problem, at: missing ? issue.path.slice(0, -1) : issue.path }];
  });
}

/** Where a union takes a list, what is wrong is an entry of it rather than the whole. */
function issuesWithin(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [];
  const ofList = issue.errors.find((issues) => issues.length > 0 && issues.every(({ path }) => path.length > 0));
  return (ofList ?? []).map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

export function dotted(path: Path): string {
  return path.map((part) => shown(String(part))).join('.');
}

function faultOf(issue: Issue, value: unknown): Omit<Problem, 'path'> {
  switch (issue.code) {
    case 'custom': {
      const remedy: unknown = issue.params?.remedy;
      return { message: issue.message, remedy: typeof remedy === 'string' ? remedy : 'Correct the value.' };
    }
    case 'invalid_type': {
      const expected = issue.expected === 'record' ? 'object' : issue.expected;
      if (value === undefined) return { message: 'is required', remedy: `Give a value of type ${expected}.` };
      const quoted = expected === 'string' && typeof value === 'number' ? ' Put it in quotes.' : '';
      return {
        message: `must be of type ${expected}, not ${typeName(value)}`,
        remedy: `Give a value of type ${expected}, or leave the field out for its default.${quoted}`,
      };
    }
    case 'invalid_value':
      return {
        message: `must be one of ${issue.values.map((one) => JSON.stringify(one)).join(', ')}, not ${literal(value)}`,
        remedy: suggestion(
          typeof value === 'string' ? value : literal(value),
          issue.values.map(String),
          'Give one of these.',
        ),
      };
    case 'too_small':
      return { message: `is too small: ${literal(value)}`, remedy: `Give at least ${issue.minimum}.` };
    case 'too_big':
      return { message: `is too big: ${literal(value)}`, remedy: `Give at most ${issue.maximum}.` };
    case 'invalid_format':
      return { message: `${literal(value)} is no ${issue.format}`, remedy: `Write it as a valid ${issue.format}.` };
    case 'invalid_union':
      return { message: `${literal(value)} is not taken here`, remedy: unionRemedy(issue) };
    default:
      return { message: issue.message, remedy: 'Correct the value, or leave the field out for its default.' };
  }
}

/** What each alternative of a union would take. */
function unionRemedy(issue: z.core.$ZodIssueInvalidUnion): string {
  const wanted = issue.errors.flat().map((inner) => {
    if (inner.code === 'invalid_value') return inner.values.map((one) => JSON.stringify(one)).join(' or ');
    return inner.code === 'invalid_type' ? `a value of type ${inner.expected}` : inner.message;
  });
  return `Give ${[...new Set(wanted)].join(', or ')}.`;
}

/** The names of the fields that the schema knows at the path. */
function fieldsAt(schema: z.ZodType, path: Path): readonly string[] {
  let current: unknown = unwrapped(schema);
  for (const part of path) {
    if (current instanceof z.ZodObject) current = unwrapped(current.shape[String(part)]);
    else if (current instanceof z.ZodArray) current = unwrapped(current.element);
    else return [];
  }
  return current instanceof z.ZodObject ? Object.keys(current.shape) : [];
}

function unwrapped(schema: unknown): unknown {
  if (
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional
  ) {
    return unwrapped(schema.unwrap());
  }
  return schema instanceof z.ZodPipe ? unwrapped(schema.out) : schema;
}

function valueAt(input: unknown, path: Path): unknown {
  let current = input;
  for (const part of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = (current as Record<PropertyKey, unknown>)[part];
  }
  return current;
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function literal(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(shown(value));
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeName(value);
}
