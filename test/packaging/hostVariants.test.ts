import { globSync, readFileSync } from 'node:fs';

interface HostFile {
  readonly extensions: { readonly durableTask: Record<string, unknown> };
}

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as HostFile;
const variants = globSync('infra/host.*.json');

test('there are variants', () => expect(variants.length).toBeGreaterThan(0));

test.each(variants)('%s differs from host.json in where the task hub is kept, and in nothing else', (file) => {
  const [standard, variant] = [read('host.json'), read(file)];
  const { hubName, storageProvider } = standard.extensions.durableTask;
  expect(variant).not.toEqual(standard);
  expect({
    ...variant,
    extensions: {
      ...variant.extensions,
      durableTask: { ...variant.extensions.durableTask, hubName, storageProvider },
    },
  }).toEqual(standard);
});
