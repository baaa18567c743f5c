import type { Tone } from '../model/tone.ts';

/** A sign for each tone: each has a shape of its own, since colours are not seen by everybody. */
const shapes: Readonly<Record<Tone, string>> = {
  ok: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13Zm3.3 4.9-4 4.2a.8.8 0 0 1-1.1 0L4.6 9a.8.8 0 0 1 1.1-1.1l1 1 3.5-3.6a.8.8 0 0 1 1.1 1.1Z',
  busy: 'M8 1.5a6.5 6.5 0 1 0 6.5 6.5.9.9 0 0 0-1.8 0A4.7 4.7 0 1 1 8 3.3a.9.9 0 0 0 0-1.8Z',
  warn: 'M6.9 2.2a1.3 1.3 0 0 1 2.2 0l5.5 9.7a1.3 1.3 0 0 1-1.1 1.9h-11a1.3 1.3 0 0 1-1.1-1.9ZM8 5.4a.8.8 0 0 0-.8.8v2.6a.8.8 0 0 0 1.6 0V6.2A.8.8 0 0 0 8 5.4Zm0 5.2a.9.9 0 1 0 0 1.8.9.9 0 0 0 0-1.8Z',
  bad: 'M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3Zm.5 3.3a.8.8 0 0 0-1.1 1.1L6.9 8l-2.2 2.1a.8.8 0 0 0 1.1 1.1L8 9.1l2.2 2.1a.8.8 0 0 0 1.1-1.1L9.1 8l2.2-2.1a.8.8 0 0 0-1.1-1.1L8 6.9Z',
  off: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm0 1.6a4.4 4.4 0 1 1 0 8.8 4.4 4.4 0 0 1 0-8.8Z',
};

export function ToneIcon({ tone }: { readonly tone: Tone }) {
  return (
    <svg class={`icon tone-${tone} ${tone === 'busy' ? 'turning' : ''}`} viewBox="0 0 16 16" aria-hidden="true">
      <path d={shapes[tone]} />
    </svg>
  );
}

const drawings = {
  close: 'M3.5 3.5l9 9m0-9l-9 9',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9Zm3.3 7.8 3.2 3.2',
  refresh: 'M13 8a5 5 0 1 1-1.5-3.5M13 2.5V5h-2.5',
  chevron: 'M6 3.5 10.5 8 6 12.5',
} as const;

export function Icon({ name }: { readonly name: keyof typeof drawings }) {
  return (
    <svg class="icon drawn" viewBox="0 0 16 16" aria-hidden="true">
      <path d={drawings[name]} />
    </svg>
  );
}

export function Wordmark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="7" />
      <path d="M7 26V13l3-2V7h3v2h2V7h2v2h2V7h3v4l3 2v13h-6v-6a3 3 0 0 0-6 0v6z" />
    </svg>
  );
}
