import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Failure, Result } from '../live/api.ts';
import { announce } from '../live/announcer.ts';
import { useNow } from '../live/now.ts';
import type { EnvironmentSummary } from '../../shared/answers.ts';
import { ago, lasting } from '../model/format.ts';
import type { Tone } from '../model/tone.ts';
import { Icon, ToneIcon } from './icons.tsx';

/** A state in a word, with its sign. */
export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ComponentChildren }) {
  return (
    <span class={`badge tone-${tone}`}>
      <ToneIcon tone={tone} />
      <span>{children}</span>
    </span>
  );
}

/** How long ago something was; the exact time in its title. */
export function Ago({ time }: { readonly time: string }) {
  return <Time time={time} told={ago} />;
}

/** How long an environment has been what it is; of what is over, when that was. */
export function Since({ state, time }: { readonly state: EnvironmentSummary['state']; readonly time: string }) {
  return <Time time={time} told={state === 'deleted' || state === 'released' ? ago : lasting} />;
}

function Time({ time, told }: { readonly time: string; readonly told: (time: string, now: number) => string }) {
  const now = useNow();
  return (
    <time dateTime={time} title={new Date(time).toLocaleString()}>
      {told(time, now)}
    </time>
  );
}

/** Something that should be seen to, with what can be done about it. */
export function Notice(props: {
  readonly tone: Tone;
  readonly title: string;
  readonly detail?: ComponentChildren;
  readonly remedy?: ComponentChildren;
  readonly children?: ComponentChildren;
}) {
  const { tone, title, detail, remedy, children } = props;
  return (
    <section class={`notice tone-${tone}`}>
      <ToneIcon tone={tone} />
      <div class="notice-text">
        <h2>{title}</h2>
        {detail !== undefined && <p>{detail}</p>}
        {remedy !== undefined && <p class="remedy">{remedy}</p>}
      </div>
      {children !== undefined && <div class="notice-acts">{children}</div>}
    </section>
  );
}

/** What a request came to, for people. */
export function FailureNotice(props: {
  readonly failure: Failure;
  readonly since?: number | undefined;
  /** In place of what the app advises, where the page has something better. */
  readonly remedy?: ComponentChildren;
}) {
  const { failure, since, remedy: better } = props;
  switch (failure.kind) {
    case 'unreachable':
      return (
        <Notice
          tone="bad"
          title="The app can’t be reached"
          detail={
            since === undefined ? (
              'Trying again.'
            ) : (
              <>
                No answer <Time time={new Date(since).toISOString()} told={lasting} />. Trying again.
              </>
            )
          }
          remedy="Look at your connection, and at whether the function app runs."
        />
      );
    case 'unauthorized':
      return (
        <Notice tone="bad" title="This needs another sign-in" detail="The app has refused the key or the session." />
      );
    case 'problem': {
      const { title, detail, remedy, problems = [] } = failure.problem;
      const [only] = problems;
      const isTold = problems.length === 1 && only !== undefined && detail.includes(only.message);
      return (
        <Notice
          tone="bad"
          title={title}
          detail={
            <>
              {detail}
              {!isTold && problems.length > 0 && (
                <ul>
                  {problems.map(({ path, message, remedy: how }) => (
                    <li key={path + message}>
                      {path !== '' && <code>{path}</code>} {message}. {how}
                    </li>
                  ))}
                </ul>
              )}
            </>
          }
          remedy={better || remedy}
        />
      );
    }
  }
}

/** A button that does something at the app, and can't be pressed twice meanwhile. */
export function ActButton(props: {
  /** Undefined where it did not come to a request. */
  readonly act: () => Promise<Result<undefined> | undefined>;
  readonly done: string;
  readonly onDone?: () => void;
  readonly onFailure: (failure: Failure | undefined) => void;
  readonly kind?: 'primary' | 'plain' | 'danger';
  readonly label?: string;
  readonly children: ComponentChildren;
}) {
  const { act, done, onDone, onFailure, kind = 'plain', label, children } = props;
  const [isActing, setActing] = useState(false);
  const press = async () => {
    if (isActing) return;
    setActing(true);
    onFailure(undefined);
    const result = await act();
    setActing(false);
    if (result === undefined) return;
    if (!result.ok) {
      onFailure(result.failure);
      return;
    }
    announce(done);
    onDone?.();
  };
  return (
    <button
      type="button"
      class={`button ${kind}`}
      aria-label={label}
      aria-disabled={isActing}
      onClick={() => void press()}
    >
      {children}
    </button>
  );
}

/** A dialog that takes the focus, and gives it back when it is closed. */
export function Dialog(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const { title, onClose, children } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement || opener instanceof SVGElement) opener.focus();
    };
  }, []);
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="dialog-title" onClose={onClose}>
      <header>
        <h2 id="dialog-title">{title}</h2>
        <button type="button" class="button icon-only" aria-label="Close" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}

/** A number with what it counts. */
export function Figure({ value, label }: { readonly value: ComponentChildren; readonly label: string }) {
  return (
    <div class="figure">
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
