import type { Command } from 'commander';
import type { EnvironmentAnswer } from '../../shared/answers.ts';
import { changesSomething, isBlocked, type Preview } from '../../shared/plan/preview.ts';
import { RefusedError, type Api } from '../apiClient.ts';
import { CommandError } from '../commandError.ts';
import { contextOf, type Register } from '../context.ts';
import { show } from '../output.ts';
import { drawPreview } from '../preview.ts';
import { readSpecFile, type SpecFile } from '../specFile.ts';
import { hasEnded } from '../watch.ts';

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
  return (await livingOf(api, name)) === undefined ? api.planSpec(text) : api.plan(name, text);
}

/** The environment of that name that a spec could change; undefined where there is none. */
export async function livingOf(api: Api, name: string): Promise<EnvironmentAnswer | undefined> {
  try {
    const environment = await api.show(name);
    return hasEnded(environment) ? undefined : environment;
  } catch (error) {
    if (error instanceof RefusedError && error.status === 404) return undefined;
    throw error;
  }
}
