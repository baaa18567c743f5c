import { marksIn, newsOf, type ServiceNote } from '../../../shared/plan/serviceNotes.ts';

const note = (cluster: string, index: number): ServiceNote => ({
  ...{ cluster, namespace: 'default', service: `web-${index}`, uid: `${cluster}-${index}` },
  ...{ type: 'Normal', reason: 'Published', message: `Port ${index} is published.` },
  mark: `${cluster.slice(0, 2)}${String(index).padStart(6, '0')}`,
});
const many = (cluster: string) => Array.from({ length: 30 }, (_, index) => note(cluster, index));

test('news of one cluster takes no place of another, which may never hear any', () => {
  const notes = [...many('private'), ...many('green')];
  expect(newsOf(notes, 'green', '')).toEqual(many('green').slice(0, 20));
});

test('what has been told is no news, and the rest of a burst comes next', () => {
  const notes = many('green');
  const told = newsOf(notes, 'green', '')
    .map(({ mark }) => mark)
    .join('');
  expect(marksIn(told)).toHaveLength(20);
  expect(newsOf(notes, 'green', told)).toEqual(notes.slice(20));
});
