import { existsSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CommandError } from '../commandError.ts';
import type { Register } from '../context.ts';
import { specTemplate } from '../specTemplate.ts';

interface Options {
  readonly file?: string;
  readonly force?: boolean;
}

/** `gatehouse init [NAME]` */
export const registerInit: Register = (program, io) => {
  program
    .command('init')
    .description('write a spec to start from, with every field explained')
    .argument('[name]', 'what the environment is to be called', 'aks-egress')
    .option('-f, --file <spec>', 'where to write it (default NAME.yaml); - writes to standard output')
    .option('--force', 'write over a file that is there')
    .action((name: string, { file = `${name}.yaml`, force }: Options) => {
      const text = specTemplate(name);
      if (file === '-') return io.write(text);
      const path = resolve(io.directory, file);
      if (existsSync(path) && force !== true) {
        throw new CommandError(`${file} is there already`, 'Choose another with -f, or write over it with --force');
      }
      writeFileSync(path, text);
      io.write(
        `${file} is written. See what it would build: ${io.command} plan -f ${file}; then build it: ${io.command} up -f ${file} --watch\n`,
      );
    });
};
