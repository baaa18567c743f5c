import { commandBlocks, expectedCode, isShown, wordsOf } from './pageCommands.ts';

const fence = '```';

test('commands of a page are its blocks of sh, line by line, with the output that follows', () => {
  const page = [
    `${fence}sh`,
    '# a remark',
    'first \\',
    '  goes on',
    '',
    "cat <<'EOF'",
    'a text',
    'EOF',
    fence,
    'shows',
    `${fence}text`,
    'output',
    fence,
    `${fence}yaml`,
    'none: of them',
    fence,
    `- ${fence}no block`,
    `  ${fence}sh`,
    '  in a list',
    `  ${fence}`,
  ].join('\n');
  expect(commandBlocks(page)).toEqual([
    { commands: ['first \\\n  goes on', "cat <<'EOF'\na text\nEOF"], output: 'output\n' },
    { commands: ['in a list'] },
  ]);
  expect(() => commandBlocks(`${fence}sh\nfirst \\\n${fence}`)).toThrow('ends within a command');
});

test('words are told apart as a shell does, and a comment is none', () => {
  expect(wordsOf(`up -f 'my shop.yaml' --label="a b" \\\n  --yes # ends with 1`)).toEqual([
    'up',
    '-f',
    'my shop.yaml',
    '--label=a b',
    '--yes',
  ]);
  expect(expectedCode('up # ends with 2')).toBe(2);
  expect(expectedCode('up')).toBe(0);
});

test.each([
  ['the same', 'NAME  STATE\nshop  ready', 'NAME STATE\n\nshop ready\n'],
  ['other addresses, times and spans', 'at 10.0.0.1:80, 8h for 5m40s', 'at 20.1.2.3:80, 7h for 15 s'],
  ['something left out', 'a\n…\nd\n', 'a\nb\nc\nd\n'],
  ['nothing left out', 'a\n…\nb\n', 'a\nb\n'],
  ['the end alone', '…\nd', 'c\nd\n'],
  ['the beginning alone', 'a\n…\n', 'a\nb\n'],
])('output that is shown: %s', (_what, shown, output) => expect(isShown(shown, output)).toBe(true));

test.each([
  ['another port', 'at 10.0.0.1:80', 'at 10.0.0.1:8080'],
  ['a line more', 'a\n', 'a\nb\n'],
  ['a line less', 'a\nb\n', 'a\n'],
  ['another line behind what is left out', 'a\n…\nd\n', 'a\nb\nc\n'],
  ['lines in another order', '…\nb\n…\na\n…\n', 'a\nb\n'],
  ['a part of a line', '…\nready\n', 'not ready\n'],
])('output that is not shown: %s', (_what, shown, output) => expect(isShown(shown, output)).toBe(false));
