import { Argument, type Command } from 'commander';
import type { Register } from '../context.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** `gatehouse completion SHELL` */
export const registerCompletion: Register = (program, io) => {
  program
    .command('completion')
    .description('write what makes a shell complete commands and options, e.g. source <(gatehouse completion bash)')
    .addArgument(new Argument('<shell>').choices(shells))
    .action((shell: Shell) => io.write(scripts[shell](wordsOf(program))));
};

/** What may follow each command, by its words: `''`, `plan`, `profile set`. */
type Words = ReadonlyMap<string, readonly string[]>;

function wordsOf(command: Command, path: readonly string[] = []): Words {
  const options = command.options.flatMap(({ long }) => long ?? []);
  const below = command.commands.filter((one) => one.name() !== 'help');
  const own = [path.join(' '), [...below.map((one) => one.name()), ...options]] as const;
  return new Map([own, ...below.flatMap((one) => [...wordsOf(one, [...path, one.name()])])]);
}

const quoted = (words: readonly string[]): string => `'${words.join(' ')}'`;

/** The words before the cursor that name a command decide; the options of the program may stand anywhere. */
function bash(words: Words): string {
  const cases = [...words]
    .filter(([path]) => path !== '')
    .map(
      ([path, next]) =>
        `    ${quoted([path])}) next=${quoted([...next, ...(words.get('') ?? []).filter(isOption)])} ;;`,
    );
  return `_gatehouse() {
  local current="\${COMP_WORDS[COMP_CWORD]}" said='' next=${quoted(words.get('') ?? [])} word
  for word in "\${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do
    case "$word" in -*) ;; *) [ -z "$said" ] && said="$word" || said="$said $word" ;; esac
    case "$said" in
${cases.map((line) => `  ${line}`).join('\n')}
    esac
  done
  COMPREPLY=($(compgen -W "$next" -- "$current"))
}
complete -o default -F _gatehouse gatehouse
`;
}

const isOption = (word: string): boolean => word.startsWith('-');

/** A shell without a configuration of its own has not loaded what completes anything. */
const zsh = (words: Words): string => `(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -D; }
autoload -U +X bashcompinit && bashcompinit
${bash(words)}`;

function fish(words: Words): string {
  const lines = [...words].flatMap(([path, next]) => {
    const seen = path === '' ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${path.split(' ').at(-1) ?? ''}`;
    return next.map((word) =>
      isOption(word)
        ? `complete -c gatehouse -n '${path === '' ? 'true' : seen}' -l ${word.replace(/^--/, '')}`
        : `complete -c gatehouse -n '${seen}' -f -a ${word}`,
    );
  });
  return `${lines.join('\n')}\n`;
}

const scripts: Readonly<Record<Shell, (words: Words) => string>> = { bash, zsh, fish };
