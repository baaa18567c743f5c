import type { Metafile } from 'esbuild';

/**
 * The source files that are loaded with the output of an entry point, or of what is imported dynamically: with all that it imports
 * statically, and without what it imports dynamically in turn.
 *
 * @param source e.g. `functions/index.ts`
 * @throws Error when no output begins with it
 */
export function loadedWith(metafile: Metafile, source: string): readonly string[] {
  const [first] = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === source) ?? [];
  if (first === undefined) throw new Error(`No output of the bundle begins with ${source}.`);
  const outputs = new Set([first]);
  for (const file of outputs) {
    for (const { path, kind, external } of metafile.outputs[file]?.imports ?? []) {
      if (kind === 'import-statement' && external !== true) outputs.add(path);
    }
  }
  return [...outputs].flatMap((file) => modulesOf(metafile, file));
}

/** The source files that an output holds something of. */
export function modulesOf(metafile: Metafile, output: string): readonly string[] {
  const inputs = Object.entries(metafile.outputs[output]?.inputs ?? {});
  return inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
}
