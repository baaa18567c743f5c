import * as z from 'zod';
import {
  addressForm,
  addressOrRangeForm,
  bareAddress,
  isPrivate,
  parseRange,
  rangeForm,
  type IpRange,
} from '../ipRange.ts';

/** Why a value won't do, and what would. */
export interface Fault {
  readonly message: string;
  readonly remedy: string;
}

/** What a JSON Schema tells of a text; whatever is parsed fits it, but for white space around it. */
interface TextForm {
  readonly pattern?: string;
  readonly format?: string;
  readonly description?: string;
}

/** A text that the function turns into what the spec holds, or finds fault with. */
export function parsedText(parse: (text: string) => string | Fault, form: TextForm = {}) {
  return z
    .string()
    .transform((text, context): string => {
      const result = parse(text);
      if (typeof result === 'string') return result;
      context.addIssue({ code: 'custom', message: result.message, params: { remedy: result.remedy } });
      return z.NEVER;
    })
    .meta({ ...form });
}

/** A text of that form. */
export function namedText(form: RegExp, fault: Fault, told: TextForm = {}) {
  return parsedText((text) => (form.test(text) ? text : { ...fault, message: `"${shown(text)}" ${fault.message}` }), {
    pattern: form.source,
    description: fault.remedy,
    ...told,
  });
}

const guidForm = /^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/;

/** A GUID, in lower case from then on. */
export const guidText = (fault: Fault) =>
  namedText(guidForm, fault, { format: 'uuid' }).transform((text) => text.toLowerCase());

/** A canonical IPv4 CIDR within those prefix lengths. */
export function cidrText(limits: { readonly widest: number; readonly narrowest: number }, why: string) {
  return parsedText(
    (text) => {
      const range = parsedRange(text);
      if ('message' in range) return range;
      if (!text.includes('/')) {
        return { message: `"${shown(text)}" has no prefix length`, remedy: `Write a range such as ${text}/24.` };
      }
      if (range.prefixLength < limits.widest || range.prefixLength > limits.narrowest) {
        const tooWide = range.prefixLength < limits.widest;
        return {
          message: `${range.cidr} has a size that Azure refuses: ${why}`,
          remedy: `Give a range of ${tooWide ? `/${limits.widest} or narrower` : `/${limits.narrowest} or wider`}.`,
        };
      }
      return range.cidr;
    },
    {
      pattern: `^${rangeForm(limits.widest, limits.narrowest)}$`,
      description: `An IPv4 range of /${limits.widest} to /${limits.narrowest}.`,
    },
  );
}

/** What a grant is called. */
export const grantLabel = namedText(/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/, {
  message: 'is no label',
  remedy: "Use 1 to 40 of a-z, 0-9 and '-', with a letter or digit at both ends.",
});

const timeForm = z.regexes.datetime({ offset: true });

/** When a grant ends, in UTC. */
export const expiryTime = parsedText(
  (text) => {
    const time = timeForm.test(text) ? new Date(text) : undefined;
    if (time !== undefined && !Number.isNaN(time.getTime())) return time.toISOString();
    return {
      message: `"${shown(text)}" is no time`,
      remedy: 'Write an ISO 8601 time with its offset, such as 2030-01-31T18:00:00Z.',
    };
  },
  { pattern: timeForm.source, format: 'date-time', description: 'An ISO 8601 time with its offset.' },
);

/** Widest range that is let in where only a few are meant to come. */
const WIDEST_SOURCE = 16;

/** What {@link internetSource} takes; which addresses are public it says itself. */
export const internetSourceForm: TextForm = {
  pattern: `^${addressOrRangeForm(WIDEST_SOURCE)}$`,
  description: `A public IPv4 address, or a range of /${WIDEST_SOURCE} at the widest.`,
};

/** A developer's public address or range, as the API server sees it. */
export const grantRange = parsedText((text) => internetSource(text), internetSourceForm);

/** What is let in where, as faults call it. */
interface Entrance {
  readonly reached: string;
  readonly client: string;
}

/** The canonical form of a public address or range that may be let into an API server, or why it may not. */
export function internetSource(
  text: string,
  { reached, client }: Entrance = { reached: 'the API server', client: 'the developer' },
): string | Fault {
  const range = parsedRange(text);
  if ('message' in range) return range;
  if (range.prefixLength === 0) {
    return {
      message: `0.0.0.0/0 would open ${reached} to the Internet`,
      remedy: `Give the public address that ${client} comes from.`,
    };
  }
  if (range.prefixLength < WIDEST_SOURCE) {
    return {
      message: `${range.cidr} is wider than /${WIDEST_SOURCE}`,
      remedy: `Give ${client}'s own range, at most a /${WIDEST_SOURCE}.`,
    };
  }
  if (isPrivate(range)) {
    return {
      message: `${range.cidr} holds addresses that never reach ${reached}: private or reserved`,
      remedy: `Give the public address that ${client} comes from, as a service such as ifconfig.me shows it.`,
    };
  }
  return range.cidr;
}

const portForm = /^(\*|\d{1,5}(-\d{1,5})?)$/;

/** `443` or `8000-8100`. */
export function portText(lowest: number, highest: number) {
  const remedy = `Give a port or a range between ${lowest} and ${highest}, such as 443 or 8000-8100, or *.`;
  return z
    .union([z.string(), z.number()])
    .transform((value, context): string => {
      const text = String(value);
      const [first = NaN, last = first] = portForm.test(text) ? text.split('-').map(Number) : [];
      if (text === '*' || (first >= lowest && last <= highest && first <= last)) return text;
      context.addIssue({
        code: 'custom',
        message: `"${shown(text)}" is no port`,
        params: { remedy },
      });
      return z.NEVER;
    })
    .meta({ pattern: portForm.source, minimum: lowest, maximum: highest, description: remedy });
}

const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const hostForm = `(?:${label}\\.)+${label}`;
const hostName = new RegExp(`^${hostForm}$`);
const hostPattern = new RegExp(`^(\\*|(\\*\\.)?${hostForm})$`);

/** A host name; network rules resolve it by DNS, so a wildcard can't work there. */
export const fqdnText = namedText(hostName, {
  message: 'is no host name',
  remedy: 'Give a name such as time.example.com, without scheme and wildcard.',
});

/** A host name, or a wildcard for everything below one. */
export const fqdnPatternText = namedText(hostPattern, {
  message: 'is no host name',
  remedy: 'Give a name such as registry.example.com or *.example.com, without scheme.',
});

const serviceTag = '[A-Za-z][A-Za-z0-9]*(?:\\.[A-Za-z0-9]+)*';
const anyOrTag = new RegExp(`^(?:\\*|${serviceTag})$`);

/** An IPv4 address or range, or a service tag. */
export const destinationText = parsedText(
  (text) => {
    if (anyOrTag.test(text)) return text;
    const range = parsedRange(text);
    return 'message' in range ? range : range.cidr;
  },
  {
    pattern: `^(?:\\*|${serviceTag}|${addressOrRangeForm()})$`,
    description: 'An IPv4 address or range, a service tag such as Sql.EastUS, or *.',
  },
);

/** A single IPv4 address. */
export const addressText = parsedText(
  (text) => {
    const range = parsedRange(text);
    if ('message' in range) return { ...range, remedy: 'Give an IPv4 address such as 10.42.4.4.' };
    if (range.prefixLength === 32) return bareAddress(range.cidr);
    return { message: `${range.cidr} is a range`, remedy: 'Give single addresses, one by one.' };
  },
  { pattern: `^${addressForm}(?:/32)?$`, description: 'An IPv4 address.' },
);

/** Who may reach a published port: an IPv4 address or range, or `*` for everybody. */
export const sourceText = parsedText(
  (text) => {
    if (text === '*') return text;
    const range = parsedRange(text);
    if ('message' in range) return range;
    return range.prefixLength === 0 ? '*' : range.cidr;
  },
  {
    pattern: `^(?:\\*|${addressOrRangeForm()})$`,
    description: 'An IPv4 address or range, or * for everybody.',
  },
);

/** Name of a Kubernetes namespace. */
export const namespaceText = namedText(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, {
  message: 'is no name of a namespace',
  remedy: "Use 1 to 63 of a-z, 0-9 and '-', with a letter or digit at both ends.",
});

function parsedRange(text: string): IpRange | Fault {
  const result = parseRange(text);
  if (result.ok) return result.range;
  switch (result.reason) {
    case 'misaligned':
      return {
        message: `${shown(text)} doesn't start at its network address`,
        remedy: `Write ${result.aligned}, or choose another prefix length.`,
      };
    case 'ipv6':
      return { message: `${shown(text)} is IPv6, which is not taken here`, remedy: 'Give an IPv4 range.' };
    case 'not-a-range':
      return { message: `"${shown(text)}" is no IPv4 range`, remedy: 'Write a CIDR such as 10.42.1.0/24.' };
  }
}

/** Callers' text goes back to them in problems; a screenful is no help. */
export function shown(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}
