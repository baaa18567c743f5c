import { StatusError } from './statuses.ts';

/** What can be wrong with an API server; nothing is, unless switched on. */
export interface Faults {
  /** Connections are cut before a byte is answered, open ones too. */
  readonly down: boolean;
  /** Every answer comes this much later, in Azure time; Infinity: never. */
  readonly slowSeconds: number;
  /** Every identified user may do nothing (403). */
  readonly forbidden: boolean;
  /** Nobody is identified (401), as with an expired token. */
  readonly unauthorized: boolean;
  /** Every answer has this status, say 500, 503 or 429. */
  readonly failing: number | undefined;
  /** Of a list read in pages, the page of this number (from 1) breaks off in the middle of its body. */
  readonly cutPage: number | undefined;
}

export interface FaultSwitches {
  readonly current: Faults;
  /** Changes the named faults; the others stay as they are. */
  set(changes: Partial<Faults>): void;
  clear(): void;
}

const NONE: Faults = {
  down: false,
  slowSeconds: 0,
  forbidden: false,
  unauthorized: false,
  failing: undefined,
  cutPage: undefined,
};

/** Switches that tell `changed` of every change. */
export function faultSwitches(changed: (faults: Faults) => void): FaultSwitches {
  let current = NONE;
  const become = (faults: Faults) => {
    current = faults;
    changed(faults);
  };
  return {
    get current() {
      return current;
    },
    set: (changes) => become({ ...current, ...changes }),
    clear: () => become(NONE),
  };
}

const expected: Readonly<Record<keyof Faults, 'boolean' | 'number'>> = {
  down: 'boolean',
  slowSeconds: 'number',
  forbidden: 'boolean',
  unauthorized: 'boolean',
  failing: 'number',
  cutPage: 'number',
};

/** Reads faults from JSON. @throws RangeError that names the member that is wrong */
export function parseFaults(json: Readonly<Record<string, unknown>>): Partial<Faults> {
  for (const [name, value] of Object.entries(json)) {
    if (!Object.hasOwn(expected, name))
      throw new RangeError(`${name} is no fault of an API server: it has ${Object.keys(expected).join(', ')}.`);
    const type = expected[name as keyof Faults];
    if (typeof value !== type) throw new RangeError(`${name} must be a ${type}.`);
  }
  return json;
}

const REASONS: Readonly<Record<number, string>> = {
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
  504: 'Timeout',
};

/** The answer of a server that fails with this status; those worth repeating say when. */
export function failure(code: number): StatusError {
  const retry: Readonly<Record<string, string>> = code === 429 || code === 503 ? { 'Retry-After': '1' } : {};
  return new StatusError(code, REASONS[code], 'the server is failing, as it was told to', {}, { headers: retry });
}
