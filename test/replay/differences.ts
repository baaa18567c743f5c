const MOST_SHOWN = 3;

/** Where two JSON values differ, for people: the first few paths; empty where they don't. */
export function differences(recorded: unknown, now: unknown): string {
  const paths = [...differingPaths(recorded, now, '')];
  const more = paths.length > MOST_SHOWN ? ` and ${paths.length - MOST_SHOWN} more` : '';
  return paths.slice(0, MOST_SHOWN).join(', ') + more;
}

function* differingPaths(recorded: unknown, now: unknown, path: string): Generator<string> {
  if (Object.is(recorded, now)) return;
  if (!isObject(recorded) || !isObject(now) || Array.isArray(recorded) !== Array.isArray(now)) {
    yield `${path === '' ? 'all of it' : path} (${short(recorded)} -> ${short(now)})`;
    return;
  }
  for (const key of new Set([...Object.keys(recorded), ...Object.keys(now)]))
    yield* differingPaths(recorded[key], now[key], path === '' ? key : `${path}.${key}`);
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const short = (value: unknown): string => (value === undefined ? 'absent' : JSON.stringify(value).slice(0, 40));
