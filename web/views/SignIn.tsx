import { useState } from 'preact/hooks';
import { storeKey } from '../live/key.ts';

/** What the app wants before it tells anything. */
export interface Wanted {
  readonly wants: 'key' | 'sign-in';
  /** Whether it has been given one that it refused. */
  readonly wasRefused: boolean;
}

/** Asks for a function key, or leads to where people sign in. */
export function SignIn({ wanted, onKey }: { readonly wanted: Wanted; readonly onKey: () => void }) {
  return wanted.wants === 'key' ? <KeyForm wasRefused={wanted.wasRefused} onKey={onKey} /> : <SignInLink />;
}

function KeyForm({ wasRefused, onKey }: { readonly wasRefused: boolean; readonly onKey: () => void }) {
  const [key, setKey] = useState('');
  const submit = (event: Event) => {
    event.preventDefault();
    if (key.trim() === '') return;
    storeKey(key.trim());
    onKey();
  };
  return (
    <form class="card sign-in" onSubmit={submit}>
      <h1>Function key</h1>
      <p>
        This app answers to whoever has one of its function keys. It stays in this tab, is sent to this app alone, and
        is forgotten when the tab is closed.
      </p>
      {wasRefused && (
        <p role="alert" class="field-error" id="key-error">
          The app has refused that key. Copy it again: the portal shows it under “App keys”, and <code>npm start</code>{' '}
          prints it.
        </p>
      )}
      <label for="key">Key</label>
      <input
        id="key"
        type="password"
        autoComplete="off"
        spellcheck={false}
        required
        aria-describedby={wasRefused ? 'key-error' : undefined}
        value={key}
        onInput={(event) => setKey(event.currentTarget.value)}
      />
      <button type="submit" class="button primary">
        Show environments
      </button>
    </form>
  );
}

/** App Service Authentication signs people in under this path, and sends them back. */
function SignInLink() {
  const back = encodeURIComponent(`${location.pathname}${location.hash}`);
  return (
    <section class="card sign-in">
      <h1>Sign in</h1>
      <p>This app shows its environments to people who are signed in and have one of its roles.</p>
      <a class="button primary" href={`/.auth/login/aad?post_login_redirect_uri=${back}`}>
        Sign in
      </a>
    </section>
  );
}
