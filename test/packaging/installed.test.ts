import { execFileSync } from 'node:child_process';

/** What `npm pack` puts into the package that the command is installed from; what was built is there already. */
function packed(): readonly string[] {
  const answer = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { encoding: 'utf8' });
  const [{ files } = { files: [] }] = JSON.parse(answer) as { files: { path: string }[] }[];
  return files.map(({ path }) => path);
}

test('the command is installed with the local app, and with nothing that only a clone needs', () => {
  const files = packed();
  expect(files).toEqual(
    expect.arrayContaining([
      'dist/cli/gatehouse.js',
      'dist/local/main.js',
      'dist/functions/index.js',
      'examples/store-front.yaml',
      'host.json',
      // Local Azure knows the app's rights by them.
      'infra/roles/creator.json',
      'infra/roles/grants.condition',
    ]),
  );
  expect(files.filter((path) => /^(test|bench|docs|local|functions)\/|settings\.json$/.test(path))).toEqual([]);
});
