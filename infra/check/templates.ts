import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { compile, compileParameters, format, type Bicep, type Diagnostic } from './bicep.ts';

/** What the check of the templates came to. */
export interface TemplateCheck {
  /** The compiled main.bicep and its parameters, where they compile. */
  readonly template?: string;
  readonly parameters?: string;
  /** Each makes the check fail. */
  readonly problems: readonly string[];
  /** Worth knowing; what the linter says of newer API versions changes with the date, so it fails nothing. */
  readonly hints: readonly string[];
}

const FOLDER = 'infra';

/** Compiles and lints the templates as they are deployed, and checks their formatting. */
export function checkTemplates(bicep: Bicep): TemplateCheck {
  const main = compile(bicep, `${FOLDER}/main.bicep`);
  const example = { AZURE_ENV_NAME: 'example', AZURE_LOCATION: 'westeurope' };
  const parameters = compileParameters(bicep, `${FOLDER}/main.bicepparam`, example);
  const told = [...new Set([...main.diagnostics, ...parameters.diagnostics].map(shown))];
  return {
    ...(main.template === undefined ? {} : { template: main.template }),
    ...(parameters.parameters === undefined ? {} : { parameters: parameters.parameters }),
    problems: [...told.filter((line) => !isHint(line)), ...unused(), ...unformatted(bicep)],
    hints: told.filter(isHint),
  };
}

const shown = ({ file, line, level, code, message }: Diagnostic) =>
  `${relative(process.cwd(), file)}:${line} ${level} ${code}: ${message}`;
const isHint = (line: string) => / Info [\w-]+: /.test(line);

/** Modules that nothing refers to: they would be neither compiled nor linted. */
function unused(): readonly string[] {
  const files = bicepFiles();
  const text = files.map((file) => readFileSync(join(FOLDER, file), 'utf8')).join('\n');
  const orphans = files.filter((file) => file !== 'main.bicep' && !text.includes(`${file.replace(/^.*\//, '')}'`));
  return orphans.map((file) => `${FOLDER}/${file} is referred to by no other template`);
}

function unformatted(bicep: Bicep): readonly string[] {
  const copy = mkdtempSync(join(tmpdir(), 'gatehouse-format-'));
  try {
    cpSync(FOLDER, copy, { recursive: true });
    format(bicep, copy);
    const differing = bicepFiles().filter(
      (file) => readFileSync(join(FOLDER, file), 'utf8') !== readFileSync(join(copy, file), 'utf8'),
    );
    return differing.map((file) => `${FOLDER}/${file} is not formatted: bicep format ${FOLDER}/${file}`);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function bicepFiles(): readonly string[] {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.bicep'));
}
