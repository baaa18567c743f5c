import { useEffect, useState } from 'preact/hooks';
import { setAnnouncer } from '../live/announcer.ts';
import { forgetKey, storedKey } from '../live/key.ts';
import { goTo, usePlace } from '../live/place.ts';
import { themes, useShortcutsSwitch, useTheme } from '../live/preferences.ts';
import { useShortcuts } from '../live/shortcuts.ts';
import { views } from '../model/place.ts';
import { Environment } from './Environment.tsx';
import { Environments } from './Environments.tsx';
import { SignIn, type Wanted } from './SignIn.tsx';
import { Icon, Wordmark } from './icons.tsx';
import { Shortcuts } from './Shortcuts.tsx';

/** The whole page: who asks, what is looked at, and what frames it. */
export function App() {
  const place = usePlace();
  const [wanted, setWanted] = useState<Wanted>();
  const [theme, setTheme] = useTheme();
  const [shortcuts, setShortcuts] = useShortcutsSwitch();
  const [isHelping, setHelping] = useState(false);
  const name = place.kind === 'environment' ? place.name : undefined;

  useShortcuts(shortcuts, {
    '/': () => document.querySelector<HTMLElement>('[data-search]')?.focus(),
    '?': () => setHelping(true),
    t: () => setTheme(themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system'),
    e: () => goTo({ kind: 'environments' }),
    ...(name === undefined
      ? {}
      : Object.fromEntries(
          views.map((view, index) => [String(index + 1), () => goTo({ kind: 'environment', name, view })]),
        )),
  });
  useEffect(() => {
    document.title = name === undefined ? 'Gatehouse' : `${name} · Gatehouse`;
  }, [name]);

  return (
    <>
      <a class="skip" href="#content" onClick={skipToContent}>
        Skip to content
      </a>
      <header class="top">
        <nav aria-label="Where you are" class="trail">
          <a
            href="#/"
            class="home"
            aria-label="Gatehouse, all environments"
            aria-current={name === undefined ? 'page' : undefined}
          >
            <Wordmark />
            <span>Gatehouse</span>
          </a>
          {name !== undefined && (
            <>
              <Icon name="chevron" />
              <span class="trail-name">{name}</span>
            </>
          )}
        </nav>
        <div class="top-acts">
          <label class="theme">
            <span class="hidden">Theme</span>
            <select
              value={theme}
              onChange={(event) => setTheme(themes.find((one) => one === event.currentTarget.value) ?? 'system')}
            >
              <option value="system">System</option>
              <option value="light">Light</option>
              <option value="dark">Dark</option>
            </select>
          </label>
          <button
            type="button"
            class="button icon-only"
            aria-label="Keyboard shortcuts"
            onClick={() => setHelping(true)}
          >
            ?
          </button>
          {storedKey() !== undefined && wanted === undefined && (
            <button
              type="button"
              class="button"
              onClick={() => {
                forgetKey();
                setWanted({ wants: 'key', wasRefused: false });
              }}
            >
              Forget key
            </button>
          )}
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        {wanted !== undefined ? (
          <SignIn wanted={wanted} onKey={() => setWanted(undefined)} />
        ) : place.kind === 'environments' ? (
          <Environments onUnauthorized={setWanted} />
        ) : (
          <Environment key={place.name} place={place} onUnauthorized={setWanted} />
        )}
      </main>
      <div ref={setAnnouncer} class="hidden" role="status" aria-live="polite" />
      {isHelping && (
        <Shortcuts
          on={shortcuts}
          hasViews={name !== undefined}
          onSwitch={setShortcuts}
          onClose={() => setHelping(false)}
        />
      )}
    </>
  );
}

/** The part after `#` is a place, so the browser's own jump would lead elsewhere. */
function skipToContent(event: Event): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}
