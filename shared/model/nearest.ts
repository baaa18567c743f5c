/**
 * The candidate that was probably meant, or undefined when none is close: same letters in another case, a few edits
 * away, or one contained in the other.
 */
function nearest(text: string, candidates: readonly string[]): string | undefined {
  const wanted = simplified(text);
  const scored = candidates
    .map((candidate) => ({ candidate, distance: distanceBetween(wanted, simplified(candidate)) }))
    .toSorted((a, b) => a.distance - b.distance);
  const best = scored[0];
  if (best === undefined) return undefined;
  if (best.distance <= Math.max(wanted.length < 4 ? 1 : 2, Math.floor(wanted.length / 3))) return best.candidate;
  return candidates.find((candidate) => {
    const other = simplified(candidate);
    return wanted.length >= 4 && (other.includes(wanted) || wanted.includes(other));
  });
}

/**
 * Ends a remedy: the near miss if there is one, else everything that would do.
 *
 * @param otherwise in place of the list, where the candidates have been named already
 */
export function suggestion(
  text: string,
  candidates: readonly string[],
  otherwise = `Use one of: ${candidates.join(', ')}.`,
): string {
  const near = nearest(text, candidates);
  return near === undefined ? otherwise : `Did you mean "${near}"?`;
}

const LONGEST_COMPARED = 60;

function simplified(text: string): string {
  return text
    .slice(0, LONGEST_COMPARED)
    .toLowerCase()
    .replaceAll(/[-_ .]/g, '');
}

/** Levenshtein distance. */
function distanceBetween(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
