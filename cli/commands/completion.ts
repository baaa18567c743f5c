import { Argument, type Command, type Option } from 'commander';
import type { Register } from '../context.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** `gatehouse completion SHELL` */
export const registerCompletion: Register = (program, io) => {
  program
    .command('completion')
    .description('write what makes a shell complete commands and options, e.g. source <(gatehouse completion bash)')
    .addArgument(new Argument('<shell>').choices(shells))
    .action((shell: Shell) => io.write(scripts[shell](placesOf(program))));
};

/** What may follow the words that name a command. */
interface Place {
  /** The words: none, `plan`, `profile set`. */
  readonly path: readonly string[];
  readonly words: readonly string[];
  readonly options: readonly Option[];
  /** Whether the name of an environment that exists comes next. */
  readonly namesEnvironment: boolean;
}

/** These name what there is not yet. */
const namesNew = ['init', 'adopt'];

function placesOf(command: Command, path: readonly string[] = []): readonly Place[] {
  const below = command.commands.filter((one) => one.name() !== 'help');
  const [first] = command.registeredArguments;
  const place: Place = {
    path,
    words: [...below.map((one) => one.name()), ...(first?.argChoices ?? [])],
    options: command.options,
    namesEnvironment: path.length === 1 && first?.name() === 'name' && !namesNew.includes(command.name()),
  };
  return [
    place,
    ...below.flatMap((one) => [one.name(), ...one.aliases()].flatMap((name) => placesOf(one, [...path, name]))),
  ];
}

/**
 * What a shell runs for the names of environments: none where the app does not answer. Only what a name may consist of comes through,
 * whatever answers: bash expands the words that it is to choose from, commands in them included.
 */
const listNames = String.raw`gatehouse list 2>/dev/null | sed -n '2,$s/^\([a-z0-9-]*\) .*/\1/p'`;

const longs = (options: readonly Option[]): readonly string[] => options.flatMap(({ long }) => long ?? []);
const takesValue = ({ required, optional }: Option): boolean => required || optional;
const quoted = (words: readonly string[]): string => `'${words.join(' ')}'`;

/** The words before the cursor that name a command decide; the options of the program may stand anywhere. */
function bash(places: readonly Place[]): string {
  const anywhere = places[0]?.options ?? [];
  const options = places.flatMap((place) => place.options);
  const values = [...new Map(options.filter(takesValue).map((option) => [option.flags, option])).values()];
  const nextOf = ({ words, options: own }: Place) => quoted([...words, ...longs(own), ...longs(anywhere)]);
  const valueCases = values.map(
    ({ short, long, argChoices = [] }) =>
      `${[short, long].filter((flag) => flag !== undefined).join('|')}) next=${quoted(argChoices)} ;;`,
  );
  const cases = places
    .filter(({ path }) => path.length > 0)
    .map((place) => `${quoted(place.path)}) next=${nextOf(place)} ;;`);
  const named = places.filter((place) => place.namesEnvironment).map(({ path }) => path.join(' '));
  return `_gatehouse() {
  local current="\${COMP_WORDS[COMP_CWORD]}" said='' next=${quoted([...(places[0]?.words ?? []), ...longs(anywhere)])} word
  for word in "\${COMP_WORDS[@]:1:$((COMP_CWORD - 1))}"; do
    case "$word" in -*) ;; *) [ -z "$said" ] && said="$word" || said="$said $word" ;; esac
    case "$said" in
${cases.map((line) => `      ${line}`).join('\n')}
    esac
  done
  case "$said" in
    ${named.join('|')})
      case "$current" in -*) ;; *) next="$next $(${listNames})" ;; esac ;;
  esac
  case "\${COMP_WORDS[COMP_CWORD - 1]}" in
${valueCases.map((line) => `    ${line}`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$next" -- "$current"))
}
complete -o default -F _gatehouse gatehouse
`;
}

/** A shell without a configuration of its own has not loaded what completes anything. */
const zsh = (
  places: readonly Place[],
): string => `(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -D; }
autoload -U +X bashcompinit && bashcompinit
${bash(places)}`;

function fish(places: readonly Place[]): string {
  const lines = places.flatMap(({ path, words, options, namesEnvironment }) => {
    const isProgram = path.length === 0;
    const seen = isProgram ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${path.at(-1) ?? ''}`;
    return [
      ...words.map((word) => `complete -c gatehouse -n '${seen}' -f -a ${word}`),
      ...(namesEnvironment
        ? [`complete -c gatehouse -n '${seen}' -f -a "(${listNames.replace('$', String.raw`\$`)})"`]
        : []),
      ...options.map((option) => {
        const short = option.short === undefined ? '' : ` -s ${option.short.slice(1)}`;
        const values = option.argChoices === undefined ? '' : ` -x -a ${quoted(option.argChoices)}`;
        const value = takesValue(option) ? values || ' -r' : '';
        return `complete -c gatehouse -n '${isProgram ? 'true' : seen}'${short} -l ${(option.long ?? '').slice(2)}${value}`;
      }),
    ];
  });
  return `${lines.join('\n')}\n`;
}

const scripts: Readonly<Record<Shell, (places: readonly Place[]) => string>> = { bash, zsh, fish };
