import type { Role } from '../shared/plan/paint.ts';
import { renderPreview, type Preview } from '../shared/plan/preview.ts';
import type { Io } from './io.ts';

const styles: Readonly<Record<Role, Parameters<Io['style']>[0]>> = {
  title: 'bold',
  create: 'green',
  modify: 'yellow',
  delete: 'red',
  foreign: 'magenta',
  unchanged: 'dim',
  warning: 'yellow',
  problem: 'red',
};

/** A preview in the colours that people know from other tools. Ends in a newline. */
export const drawPreview = (preview: Preview, style: Io['style']): string =>
  renderPreview(preview, (role, text) => style(styles[role], text));
