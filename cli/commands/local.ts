import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommandError } from '../commandError.ts';
import type { Register } from '../context.ts';

/** `gatehouse local`: the app, and an Azure for it to work on, on this machine. */
export const registerLocal: Register = (program, io, done) => {
  program
    .command('local')
    .description('start the app on this machine, with a local Azure for it to work on; takes the options of npm start')
    .allowUnknownOption()
    .helpOption(false)
    .argument('[options...]')
    .action(async (options: readonly string[]) => {
      const root = installedIn(dirname(fileURLToPath(import.meta.url)));
      const main = join(root, 'dist', 'local', 'main.js');
      if (import.meta.url.endsWith('.ts')) build(root);
      if (!existsSync(main)) throw new CommandError('The local app is not part of this installation', 'Use a clone');
      const state = options.includes('--state') ? [] : ['--state', join(io.directory, '.gatehouse')];
      const child = spawn(process.execPath, [main, ...options, ...state], { cwd: root, stdio: 'inherit' });
      // Ctrl+C goes to both; this one waits for the other to have closed everything.
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
      const code = await new Promise<number | null>((resolve, reject) => {
        child.once('error', reject);
        child.once('exit', resolve);
      });
      done(code === 0 ? 0 : 1);
    });
};

/** The folder with the app's host.json, from a file of it upwards; the bundle lies deeper than the sources. */
function installedIn(folder: string): string {
  if (existsSync(join(folder, 'host.json'))) return folder;
  if (folder === dirname(folder)) throw new CommandError('The folder of the app is not found', 'Install it again');
  return installedIn(dirname(folder));
}

function build(root: string): void {
  const { status } = spawnSync(process.execPath, ['build.mjs', '--quiet'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new CommandError('The app could not be built', 'See above');
}
