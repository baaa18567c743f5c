import { zipSync } from 'fflate';

/** A file of the package. */
export interface PackageFile {
  /** Below the package's root, with forward slashes. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** The first moment that a zip can tell, in local time as zips have it. */
const EPOCH = new Date(1980, 0, 1);
const UNIX = 3;
const READABLE_FILE = 0o100644 << 16;

/** A zip of the files: the same bytes for the same files, whatever the machine, the clock and the order. */
export function zip(files: readonly PackageFile[]): Uint8Array {
  const sorted = [...files].sort((one, other) => (one.path < other.path ? -1 : 1));
  return zipSync(Object.fromEntries(sorted.map(({ path, bytes }) => [path, bytes])), {
    level: 6,
    mtime: EPOCH,
    os: UNIX,
    attrs: READABLE_FILE,
  });
}
