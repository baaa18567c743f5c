import { migrateLaneState } from '../../orchestrations/laneState.ts';
import { fresh } from './laneScene.ts';

test('a state that a newer version wrote is refused instead of guessed at', () => {
  expect(() => migrateLaneState({ ...fresh, schema: 2 })).toThrow('schema 2');
});
