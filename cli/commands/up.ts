import { Option, type Command } from 'commander';
import { stringify } from 'yaml';
import { adoptFixes } from '../../shared/model/spec/adoptTypes.ts';
import { changesSomething, isBlocked, type Preview } from '../../shared/plan/preview.ts';
import { CommandError } from '../commandError.ts';
import { confirmed, contextOf, type Context, type ExitCode, type Register } from '../context.ts';
import { drawPreview } from '../preview.ts';
import { readSpecFile, type SpecFile } from '../specFile.ts';
import { follow, untilTaken } from '../watch.ts';
import { drawEnvironment } from './status.ts';
import { livingOf, previewOfSpec } from './plan.ts';
import { show } from '../output.ts';

interface UpOptions {
  readonly watch?: boolean;
  readonly yes?: boolean;
}

/** `gatehouse up`: builds what a spec describes, or changes what there is until it is so. */
export const registerUp: Register = (program, io, done) => {
  program
    .command('up')
    .description('build an environment, or change it to what its spec says')
    .requiredOption('-f, --file <spec>', 'a spec, JSON or YAML; - reads standard input')
    .option('-w, --watch', 'follow it until it is ready')
    .option('-y, --yes', 'do it without asking')
    .action(async ({ file, ...options }: UpOptions & { readonly file: string }, command: Command) => {
      done(await up(await readSpecFile(file, io), options, contextOf(command, io)));
    });
};

interface AdoptOptions extends UpOptions {
  readonly firewall: string;
  readonly cluster: readonly string[];
  readonly routeTable?: string;
  readonly fix?: readonly string[];
}

/** `gatehouse adopt`: the same of a firewall and clusters that exist, without a file. */
export const registerAdopt: Register = (program, io, done) => {
  program
    .command('adopt')
    .description('publish the services of clusters that exist on a firewall that exists')
    .argument('<name>', 'what the environment is to be called')
    .requiredOption('--firewall <id>', 'resource id of the firewall')
    .requiredOption('--cluster <id...>', 'resource ids of the clusters behind it')
    .option('--route-table <id>', 'resource id of a route table to associate where there is none')
    .addOption(new Option('--fix <what...>', 'what may be mended around them').choices(adoptFixes))
    .option('-w, --watch', 'follow it until it is ready')
    .option('-y, --yes', 'do it without asking')
    .action(
      async (name: string, { firewall, cluster, routeTable, fix, ...options }: AdoptOptions, command: Command) => {
        const adopt = { firewall, clusters: cluster, ...(routeTable && { routeTable }), ...(fix && { fix }) };
        done(await up({ name, text: stringify({ name, adopt }) }, options, contextOf(command, io)));
      },
    );
};

async function up(spec: SpecFile, { watch, yes }: UpOptions, context: Context): Promise<ExitCode> {
  const { api, io, format } = context;
  const preview = await previewOfSpec(api, spec);
  const isData = format !== 'table';
  const living = await livingOf(api, spec.name);
  if (!isBlocked(preview) && !changesSomething(preview) && living?.state === 'ready') {
    show(io, format, living, () => `Nothing to do: ${spec.name} is as its spec says.\n`);
    return 0;
  }
  // What could be otherwise is for whoever still looks at a spec.
  if (!isData) io.write(drawPreview({ ...preview, hints: [] }, io.style));
  // The start itself refuses as well, in the same words; asking first would be a question without a choice.
  if (isBlocked(preview)) throw new CommandError('Nothing was begun', 'See what stands in the way above');
  if (!(await confirmed(io, `\nDo this to ${spec.name}?`, yes))) {
    io.note('Nothing was done.');
    return 1;
  }
  if (living !== undefined) await change(spec, preview, context);
  else await api.start(spec.text);
  if (watch !== true) {
    if (isData) show(io, format, await api.show(spec.name), () => '');
    else io.write(`\n${spec.name} is on its way. Follow it with: ${io.command} status ${spec.name} --watch\n`);
    return 0;
  }
  if (!isData) io.write('\n');
  const last = await follow(spec.name, context);
  show(io, format, last, () => `\n${drawEnvironment(last, api.now(), io)}`);
  return last.state === 'ready' ? 0 : 1;
}

/**
 * Has a living environment become as its spec says. A lane takes another spec up once what it is at has come to its end; the same
 * spec it takes for none: what has failed is gone on with then, and what differs is repaired by a sync.
 */
async function change({ name, text }: SpecFile, { changes = [] }: Preview, context: Context): Promise<void> {
  const { api } = context;
  const { state, since, specChangedAt } = await api.show(name);
  if (changes.length > 0) {
    await api.update(name, text);
    await untilTaken(name, context, (environment) => environment.specChangedAt !== specChangedAt);
  } else if (state === 'failed') {
    await api.retry(name);
    await untilTaken(name, context, (environment) => environment.since !== since);
  } else await api.sync(name);
}
