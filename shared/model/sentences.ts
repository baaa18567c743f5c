/** Joins texts, such as a problem and its remedy, each with a full stop at its end unless it has one. */
export const sentences = (...texts: readonly (string | undefined)[]): string =>
  texts
    .filter((text) => text !== undefined && text !== '')
    .map((text = '') => (/[.!?…]$/.test(text) ? text : `${text}.`))
    .join(' ');

/** `1 rule`, `2 rules`. @param what its name for one; it takes an s for more */
export const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
