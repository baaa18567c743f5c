import type { EnvironmentSummary } from '../../shared/answers.ts';

/** How something is, as colours and icons tell it. */
export type Tone = 'ok' | 'busy' | 'warn' | 'bad' | 'off';

const order: readonly Tone[] = ['off', 'ok', 'busy', 'warn', 'bad'];

/** The gravest of several. */
export const gravest = (tones: readonly Tone[]): Tone =>
  tones.reduce<Tone>((worst, tone) => (order.indexOf(tone) > order.indexOf(worst) ? tone : worst), 'off');

/** What state an environment is in, in a word for people and its tone. */
export function stateTone(state: EnvironmentSummary['state']): Tone {
  switch (state) {
    case 'ready':
      return 'ok';
    case 'provisioning':
    case 'deleting':
    case 'releasing':
      return 'busy';
    case 'failed':
    case 'unreadable':
      return 'bad';
    case 'deleted':
    case 'released':
      return 'off';
  }
}

/** What an environment is, in a word or two: what has been ready once is not built but changed. */
export function stateWord({ state, readyAt }: Pick<EnvironmentSummary, 'state' | 'readyAt'>): string {
  if (state === 'provisioning') return readyAt === undefined ? 'Being built' : 'Being changed';
  return state.charAt(0).toUpperCase() + state.slice(1);
}
