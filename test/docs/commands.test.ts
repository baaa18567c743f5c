import { readdirSync, readFileSync } from 'node:fs';
import { hasKubectl } from '../local/kubernetes/kubectl.ts';
import { commandBlocks, comparableOutput, expectedCode, isShown } from './pageCommands.ts';
import { startReader } from './reader.ts';

const pages = ['README.md', ...readdirSync('docs/how-to').map((file) => `docs/how-to/${file}`)];
const blocksOf = (page: string) => commandBlocks(readFileSync(page, 'utf8'));

/** Each page takes as long as its commands take, and kubectl works by the clock on the wall: milliseconds. */
const PAGE_MS = 180_000;

/** Lines of the pages that are not run here, and why. */
const notRun: readonly { readonly line: RegExp; readonly because: string }[] = [
  { line: /^npm ci && npm run demo$/, because: 'another test runs the demo, beside this one' },
  { line: /^npm ci\b/, because: 'it would install over what runs the tests' },
  { line: /^git pull$/, because: 'the clone that is tested is not to change' },
  { line: /^azd /, because: 'it needs a subscription' },
  {
    line: /^export GATEHOUSE_(URL|KEY)=\$\(az/,
    because: 'it asks azd of a deployment; the test has an app of its own',
  },
  { line: /^npm start( +#|$)/, because: 'what the commands talk to runs in the test, in virtual time' },
];
const isRun = (command: string) => !notRun.some(({ line }) => line.test(command));

if (!hasKubectl) console.warn('kubectl is not installed: the pages that use it are not tried.');

describe.each(pages)('%s', (page) => {
  const blocks = blocksOf(page);
  const isTried = hasKubectl || !JSON.stringify(blocks).includes('kubectl');

  (isTried ? test : test.skip)(
    'does what it says, when its commands are given one after the other',
    async () => {
      const reader = await startReader();
      try {
        for (const { commands, output } of blocks) {
          let printed = '';
          for (const command of commands.filter(isRun)) {
            const { code, out, err } = await reader.run(command);
            const expected = expectedCode(command);
            // What ends well has nothing to complain of.
            expect({ command, code, out, err }).toEqual({
              command,
              code: expected,
              out,
              err: expected === 0 ? '' : err,
            });
            printed += out + err;
          }
          const isWhole = commands.every(isRun);
          if (output !== undefined && isWhole && !isShown(output, printed)) {
            // What differs is told line by line.
            expect({ commands, output: comparableOutput(printed) }).toEqual({
              commands,
              output: comparableOutput(output),
            });
          }
        }
      } finally {
        await reader.close();
      }
    },
    PAGE_MS,
  );
});

test('each line that is not run stands in some page', () => {
  const commands = pages.flatMap((page) => blocksOf(page).flatMap((block) => block.commands));
  expect(notRun.filter(({ line }) => !commands.some((command) => line.test(command)))).toEqual([]);
});
