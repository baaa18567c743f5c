import { useEffect, useState } from 'preact/hooks';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const THEME = 'gatehouse-theme';
const SHORTCUTS = 'gatehouse-shortcuts';

/** Light, dark, or as the system has it; kept in this browser. */
export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState<Theme>(
    () => themes.find((one) => one === localStorage.getItem(THEME)) ?? 'system',
  );
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
    localStorage.setItem(THEME, theme);
  }, [theme]);
  return [theme, setTheme];
}

/** Whether single keys do something: they get in the way of those who speak to their browser (WCAG 2.1.4). */
export function useShortcutsSwitch(): readonly [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(() => localStorage.getItem(SHORTCUTS) !== 'off');
  useEffect(() => localStorage.setItem(SHORTCUTS, on ? 'on' : 'off'), [on]);
  return [on, setOn];
}
