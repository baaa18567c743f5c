/**
 * What stands for what: ids, etags and addresses that no two runs have in common. The first pair seen is learned, and
 * holds from then on in both directions. So an etag that stayed the same in the recording must stay the same here, and one
 * that changed must change.
 */
export interface Correspondence {
  /** Whether two strings are equal but for what corresponds. Learns the pairs that are new. */
  matches(recorded: string, local: string, path: string): boolean;
  /** A recorded text in local terms. */
  toLocal(text: string): string;
}

/** GUIDs (etags among them), the mark in a cluster's host name, and what a public IP was given. */
const MARKS = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=-)[0-9a-f]{8}(?=\.)/g;
const TIME = /\d{4}-\d\d-\d\dT[\d:.]+Z/g;
const ADDRESS = /\b20\.\d+\.\d+\.\d+\b|\b(?:\d{1,3}\.){3}\d{1,3}\b/g;

/** `given` are pairs to start with. */
export function correspondence(given: Readonly<Record<string, string>> = {}): Correspondence {
  const toLocal = new Map(Object.entries(given));
  const toRecorded = new Map([...toLocal].map(([recorded, local]) => [local, recorded]));

  const agrees = (recorded: string, local: string): boolean => {
    const knownLocal = toLocal.get(recorded);
    const knownRecorded = toRecorded.get(local);
    if (knownLocal !== undefined || knownRecorded !== undefined) return knownLocal === local;
    toLocal.set(recorded, local);
    toRecorded.set(local, recorded);
    return true;
  };

  return {
    matches(recorded, local, path) {
      const [left, right] = [translate(recorded, given), local].map((text) => text.replace(TIME, '<time>'));
      const marks = path.endsWith('ipAddress') ? ADDRESS : MARKS;
      if (left === undefined || right === undefined || blank(left, marks) !== blank(right, marks)) return false;
      const pairs = [...left.matchAll(marks)].map(([mark], index) => [
        mark,
        [...right.matchAll(marks)][index]?.[0] ?? '',
      ]);
      return pairs.every(([one = '', other = '']) => agrees(one, other));
    },
    toLocal: (text) => translate(text, Object.fromEntries(toLocal)),
  };
}

const blank = (text: string, marks: RegExp) => text.replace(marks, '<mark>');

function translate(text: string, pairs: Readonly<Record<string, string>>): string {
  return Object.entries(pairs).reduce((result, [from, to]) => result.replaceAll(from, to), text);
}
