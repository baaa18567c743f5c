/** A package that must not go out, with everything that is wrong with it. */
export class PackageError extends Error {
  /** For who runs the command: an old package is no new one. */
  readonly remedy = 'Nothing was made.';

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(`${problems.join('.\n')}.`, options);
    this.name = 'PackageError';
  }
}
