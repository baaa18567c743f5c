import { views } from '../model/place.ts';
import { Dialog } from './parts.tsx';

const titles: Readonly<Record<(typeof views)[number], string>> = {
  map: 'Map',
  services: 'Services',
  drift: 'Drift',
  access: 'Access',
  history: 'History',
  steps: 'Steps',
};

/** Lists what single keys do, and lets them be switched off. */
export function Shortcuts(props: {
  readonly on: boolean;
  /** Whether an environment is looked at, whose views keys lead to. */
  readonly hasViews: boolean;
  readonly onSwitch: (on: boolean) => void;
  readonly onClose: () => void;
}) {
  const { on, hasViews, onSwitch, onClose } = props;
  const rows: readonly (readonly [string, string])[] = [
    ['e', 'All environments'],
    ...(hasViews
      ? [
          ...views.map((view, index) => [String(index + 1), `${titles[view]} of the environment`] as const),
          ['/', 'Search services'] as const,
        ]
      : []),
    ['t', 'Next theme'],
    ['Esc', 'Close what is open'],
    ['?', 'This list'],
  ];
  return (
    <Dialog title="Keyboard shortcuts" onClose={onClose}>
      <dl class="keys">
        {rows.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input type="checkbox" checked={on} onChange={(event) => onSwitch(event.currentTarget.checked)} />
        Use these single keys as shortcuts
      </label>
    </Dialog>
  );
}
