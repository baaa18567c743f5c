import type { Command } from 'commander';
import { changesSomething, isBlocked, type Preview } from '../../shared/plan/preview.ts';
import { RefusedError, type Api } from '../apiClient.ts';
import { CommandError } from '../commandError.ts';
import { contextOf, type Register } from '../context.ts';
import { show } from '../output.ts';
import { drawPreview } from '../preview.ts';
import { readSpecFile, type SpecFile } from '../specFile.ts';

interface Options {
  readonly file?: string;
  readonly detailedExitcode?: boolean;
}

/** `gatehouse plan`: what would change, and nothing is changed. */
export const registerPlan: Register = (program, io, done) => {
  program
    .command('plan')
    .description('show what a spec would change, or what an environment needs to be as its spec wants it')
    .argument('[name]', 'an environment that exists')
    .option('-f, --file <spec>', 'a spec, JSON or YAML; - reads standard input')
    .option('--detailed-exitcode', 'end with 0 where nothing would change, 1 for an error, 2 where something would')
    .action(async (name: string | undefined, { file, detailedExitcode }: Options, command: Command) => {
      const context = contextOf(command, io);
      const preview = await previewOf(context.api, name, file === undefined ? undefined : await readSpecFile(file, io));
      show(io, context.format, preview, () => drawPreview(preview, io.style));
      if (isBlocked(preview)) done(1);
      else if (detailedExitcode === true && changesSomething(preview)) done(2);
    });
};

async function previewOf(api: Api, name: string | undefined, spec: SpecFile | undefined): Promise<Preview> {
  if (spec !== undefined) {
    if (name !== undefined && name !== spec.name) {
      throw new CommandError(`The spec is of "${spec.name}", not of ${name}`, 'Leave the name out');
    }
    return previewOfSpec(api, spec);
  }
  if (name !== undefined) return api.plan(name);
  throw new CommandError('There is nothing to plan', 'Name an environment, or a spec with -f');
}

/** What a spec would start, or change where its environment lives. */
export async function previewOfSpec(api: Api, { name, text }: SpecFile): Promise<Preview> {
  return (await lives(api, name)) ? api.plan(name, text) : api.planSpec(text);
}

/** Whether there is an environment of that name that a spec could change. */
export async function lives(api: Api, name: string): Promise<boolean> {
  try {
    const { state } = await api.show(name);
    return state !== 'deleted' && state !== 'released';
  } catch (error) {
    if (error instanceof RefusedError && error.status === 404) return false;
    throw error;
  }
}
