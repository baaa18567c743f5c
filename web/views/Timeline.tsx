import { useMemo } from 'preact/hooks';
import { useNow } from '../live/now.ts';
import type { EnvironmentAnswer } from '../../shared/answers.ts';
import { duration } from '../model/format.ts';
import { creationSeconds, passOf, stepTime, ticks, timeline, type TimelineRow } from '../model/timeline.ts';
import type { Tone } from '../model/tone.ts';
import { ToneIcon } from './icons.tsx';

const ROW = 36;
const MOST_TICKS = 5;

const toneOf: Readonly<Record<TimelineRow['step']['state'], Tone>> = {
  pending: 'off',
  running: 'busy',
  done: 'ok',
  failed: 'bad',
};

/** The steps of building or tearing down, on a line of time, with what each waits for. */
export function Timeline({ environment }: { readonly environment: EnvironmentAnswer }) {
  const { steps } = environment;
  const now = useNow();
  const isDone = steps.every((step) => step.state === 'done');
  // What is done doesn't move any more.
  const { rows, links, span, remaining } = useMemo(() => timeline(steps, now), [steps, isDone ? 0 : now]);
  const at = (seconds: number) => `${(100 * seconds) / span}%`;
  const creation = creationSeconds(environment);
  const left = remaining === undefined ? `took ${duration(span)}` : `about ${duration(remaining)} to go`;
  return (
    <section class={`card timeline ${isDone ? 'over' : ''}`} aria-labelledby="timeline-title">
      <header>
        <h2 id="timeline-title">{passOf(environment)}</h2>
        <p class="quiet">
          {steps.length === 0 ? 'no steps' : isDone || remaining !== undefined ? left : 'stopped'}
          {creation !== undefined && ` · the creation took ${duration(creation)}`}
        </p>
      </header>
      <div class="timeline-axis" aria-hidden="true">
        {ticks(span, MOST_TICKS).map((tick) => (
          <span key={tick} style={{ insetInlineStart: at(tick) }}>
            {tick === 0 ? '0' : duration(tick)}
          </span>
        ))}
      </div>
      <div class="timeline-body">
        <svg
          class="timeline-links"
          viewBox={`0 0 1000 ${rows.length * ROW}`}
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          {links.map(({ from, to, at: seconds }) => (
            <path
              key={`${from} ${to}`}
              d={linkPath((1000 * seconds) / span, from, (1000 * (rows[to]?.start ?? 0)) / span, to)}
            />
          ))}
        </svg>
        <ol>
          {rows.map((row) => (
            <Row key={row.step.name} row={row} at={at} titles={rows} />
          ))}
        </ol>
      </div>
    </section>
  );
}

function Row({
  row,
  at,
  titles,
}: {
  readonly row: TimelineRow;
  readonly at: (seconds: number) => string;
  readonly titles: readonly TimelineRow[];
}) {
  const { step, start, end, isExpected, expectedEnd } = row;
  const { name, title = name, state, after = [], detail } = step;
  const before = after.map(({ step: one }) => titles.find(({ step: other }) => other.name === one)?.step.title ?? one);
  return (
    <li
      class={`step ${state}`}
      data-step={name}
      data-state={state}
      title={before.length === 0 ? undefined : `after ${before.join(', ')}`}
    >
      <span class="step-name">
        <ToneIcon tone={toneOf[state]} />
        <span>{title}</span>
        <span class="hidden">
          , {state}
          {before.length === 0 ? '' : `, after ${before.join(', ')}`}
          {detail === undefined ? '' : `, ${detail}`}
        </span>
      </span>
      <span class="step-bar" aria-hidden="true">
        {expectedEnd !== undefined && (
          <span class="bar expected" style={{ insetInlineStart: at(start), inlineSize: at(expectedEnd - start) }} />
        )}
        <span
          class={`bar ${isExpected ? 'expected' : state}`}
          style={{ insetInlineStart: at(start), inlineSize: `max(3px, ${at(end - start)})` }}
        />
      </span>
      <span class="step-time">{stepTime(row)}</span>
    </li>
  );
}

/** Down from the end of one bar to the beginning of another. */
function linkPath(fromX: number, from: number, toX: number, to: number): string {
  const [y, end] = [from * ROW + ROW / 2 + 5, to * ROW + ROW / 2];
  return `M${fromX} ${y}V${end}H${Math.max(toX, fromX)}`;
}
