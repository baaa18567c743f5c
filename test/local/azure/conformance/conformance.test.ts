import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeWithReferenceData, referenceFiles, referenceRecords } from '../referenceData.ts';
import { deviationRows, deviations, outdated, unlisted } from './deviations.ts';
import { recordings, type Recorded } from './recording.ts';
import { replay, type Finding } from './replay.ts';

const replays = new Map<string, Promise<readonly Finding[]>>();

/** The findings in a recording, which is replayed once. */
function findingsIn(name: string): Promise<readonly Finding[]> {
  const known = replays.get(name) ?? replay(name, referenceRecords<Recorded>(`recordings/${name}.jsonl`));
  replays.set(name, known);
  return known;
}

describe.each(recordings)('recording %s', (name) => {
  describeWithReferenceData(`recordings/${name}.jsonl`, 'replayed', () => {
    test('gets the answers that the real service gave, but for listed deviations', async () => {
      expect(referenceRecords(`recordings/${name}.jsonl`)).not.toHaveLength(0);
      expect(unlisted(await findingsIn(name))).toEqual([]);
    });
  });
});

describeWithReferenceData('recordings', 'the list of deviations', () => {
  test('is about every recording there is', () => {
    expect(referenceFiles('recordings')).toEqual(recordings.map((name) => `${name}.jsonl`));
  });

  test('has none that no longer occurs', async () => {
    const findings = await Promise.all(recordings.map(findingsIn));
    expect(outdated(findings.flat())).toEqual([]);
  });
});

describe('the list of deviations', () => {
  test('is the table in the README', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../../../local/azure/README.md'), 'utf8');
    const [, section = ''] = readme.split('## Deviations from the recordings');
    const rows = section
      .split('\n## ')[0]
      ?.split('\n')
      .filter((line) => line.startsWith('| `'))
      .map((line) =>
        line
          .slice(1, -1)
          .split('|')
          .map((cell) => cell.trim()),
      );
    expect(rows).toEqual(deviationRows);
  });

  test('names each by an id of its own', () => {
    expect(new Set(deviations.map(({ id }) => id)).size).toBe(deviations.length);
  });
});
