import { objectAt, type JsonObject } from './json.ts';
import { problem, type FieldProblem } from './statuses.ts';

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const ANNOTATIONS_MAX_BYTES = 262_144;

/** What is wrong with a name, in the API's words, or undefined. */
export function dns1035LabelProblem(name: string): string | undefined {
  if (name.length > 63) return 'must be no more than 63 characters';
  if (LABEL_1035.test(name)) return undefined;
  return "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
}

export function dns1123LabelProblem(name: string): string | undefined {
  if (name.length > 63) return 'must be no more than 63 characters';
  if (LABEL.test(name)) return undefined;
  return "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
}

export function dns1123SubdomainProblem(name: string): string | undefined {
  if (name.length > 253) return 'must be no more than 253 characters';
  if (SUBDOMAIN.test(name)) return undefined;
  return "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
}

/** What is wrong with an object's name, labels and annotations. */
export function metadataProblems(
  metadata: JsonObject,
  nameProblem: (name: string) => string | undefined,
): readonly FieldProblem[] {
  const problems: FieldProblem[] = [];
  const name = typeof metadata.name === 'string' ? metadata.name : '';
  if (name === '') problems.push(problem.required('metadata.name', 'name or generateName is required'));
  else {
    const why = nameProblem(name);
    if (why !== undefined) problems.push(problem.invalid('metadata.name', name, why));
  }
  for (const [key, value] of Object.entries(objectAt(metadata, 'labels'))) {
    problems.push(...keyProblems('metadata.labels', key));
    if (typeof value === 'string' && value !== '' && (value.length > 63 || !QUALIFIED.test(value))) {
      const why =
        value.length > 63
          ? 'must be no more than 63 characters'
          : "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
      problems.push(problem.invalid('metadata.labels', value, why));
    }
  }
  const annotations = Object.entries(objectAt(metadata, 'annotations'));
  for (const [key] of annotations) problems.push(...keyProblems('metadata.annotations', key.toLowerCase()));
  const bytes = annotations.reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(typeof value === 'string' ? value : ''),
    0,
  );
  if (bytes > ANNOTATIONS_MAX_BYTES) {
    problems.push(problem.tooLong('metadata.annotations', `may not be more than ${ANNOTATIONS_MAX_BYTES} bytes`));
  }
  return problems;
}

function keyProblems(field: string, key: string): readonly FieldProblem[] {
  const slash = key.indexOf('/');
  const [prefix, name] = slash < 0 ? [undefined, key] : [key.slice(0, slash), key.slice(slash + 1)];
  if (prefix !== undefined) {
    const why = prefix === '' ? 'must be non-empty' : dns1123SubdomainProblem(prefix);
    if (why !== undefined) return [problem.invalid(field, key, `prefix part ${why}`)];
  }
  if (name.length > 63) return [problem.invalid(field, key, 'name part must be no more than 63 characters')];
  if (QUALIFIED.test(name)) return [];
  const why =
    name === ''
      ? 'name part must be non-empty'
      : "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
  return [problem.invalid(field, key, why)];
}
