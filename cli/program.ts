import { Command, CommanderError, Option } from 'commander';
import manifest from '../package.json' with { type: 'json' };
import { sentences } from '../shared/model/sentences.ts';
import { CommandError } from './commandError.ts';
import { registerCompletion } from './commands/completion.ts';
import { registerDrift } from './commands/drift.ts';
import { registerDown, registerRelease } from './commands/end.ts';
import { registerGrant, registerRevoke } from './commands/grants.ts';
import { registerInit } from './commands/init.ts';
import { registerLocal } from './commands/local.ts';
import { registerPlan } from './commands/plan.ts';
import { registerProfile } from './commands/profile.ts';
import { registerExplain, registerServices } from './commands/services.ts';
import { registerApprove, registerRetry, registerSync } from './commands/signals.ts';
import { registerList, registerStatus } from './commands/status.ts';
import { registerAdopt, registerUp } from './commands/up.ts';
import type { ExitCode, Register } from './context.ts';
import { styler, type Io } from './io.ts';
import { formats } from './output.ts';

/** In the order of `gatehouse --help`: from the first day to the last, then what is rarely asked for. */
const commands: readonly Register[] = [
  registerInit,
  registerPlan,
  registerUp,
  registerAdopt,
  registerList,
  registerStatus,
  registerServices,
  registerExplain,
  registerDrift,
  registerSync,
  registerRetry,
  registerApprove,
  registerGrant,
  registerRevoke,
  registerRelease,
  registerDown,
  registerLocal,
  registerProfile,
  registerCompletion,
];

/**
 * Carries out one command line.
 *
 * @param words without the program's own name
 * @returns the exit code: 0 it went well, 1 it did not, 2 something would change (with `--detailed-exitcode`)
 */
export async function run(words: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = 0;
  // Whoever asks for no colour may do so by a flag as well.
  const world = words.includes('--no-color') ? { ...io, style: styler(false) } : io;
  const program = createProgram(world, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync(words, { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
    if (!(error instanceof CommandError)) throw error;
    io.note(`${world.style('red', 'Error:')} ${sentences(error.message, error.remedy)}`);
    return 1;
  }
}

export function createProgram(io: Io, done: (code: ExitCode) => void): Command {
  const program = new Command('gatehouse')
    .description('Builds AKS clusters behind Azure Firewall, and keeps firewall and clusters true to each other.')
    .version(manifest.version)
    .option('--url <url>', 'the app, with /api at its end (else GATEHOUSE_URL, the profile, or what runs here)')
    .option('--key <key>', 'a function key of it (else GATEHOUSE_KEY)')
    .option('--profile <name>', 'an app that is kept: see gatehouse profile (else GATEHOUSE_PROFILE)')
    .addOption(new Option('-o, --output <format>', 'how answers are written').choices(formats).default('table'))
    .option('--no-color', 'without colours; so does NO_COLOR')
    .showHelpAfterError('See gatehouse --help.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.write(text.endsWith('\n') ? text : `${text}\n`),
      writeErr: (text) => io.note(text.trimEnd()),
    });
  for (const register of commands) register(program, io, done);
  return program;
}
