import { parse } from 'yaml';
import type { Answer } from '../../local/azure/http.ts';
import { isObject, objectsAt, stringAt, type JsonObject } from '../../local/azure/json.ts';

/** The secrets in local Azure's answers, as values that must not stand anywhere else. */
export interface HandedOut {
  readonly tokens: ReadonlySet<string>;
  /** Tokens, keys and certificates of kubeconfigs, in base64 and as they are. */
  readonly kubeconfigs: ReadonlySet<string>;
  /** The signatures of operation URLs. */
  readonly signatures: ReadonlySet<string>;
  add(answer: Answer): void;
}

const SECRET_FIELDS = ['token', 'client-key-data', 'client-certificate-data'];

/** Gathers the secrets of a run, for who looks for them afterwards. */
export function handedOut(): HandedOut {
  const tokens = new Set<string>();
  const kubeconfigs = new Set<string>();
  const signatures = new Set<string>();

  const addKubeconfig = (base64: string) => {
    const config = parse(Buffer.from(base64, 'base64').toString()) as JsonObject;
    for (const { user } of objectsAt(config, 'users') as unknown as { user: Record<string, unknown> }[]) {
      for (const field of SECRET_FIELDS) {
        const value = user[field];
        if (typeof value !== 'string') continue;
        kubeconfigs.add(value);
        // A line from the middle of the PEM text, where it is some.
        const line = Buffer.from(value, 'base64').toString().split('\n')[2];
        if (line !== undefined && line.length > 40) kubeconfigs.add(line);
      }
    }
  };
  const addUrl = (url: string | undefined) => {
    const query = URL.parse(url ?? '')?.searchParams;
    for (const name of ['c', 's', 'h']) {
      const value = query?.get(name);
      // The certificate's beginning is the same in every URL, and short; what signs is long.
      if (value !== null && value !== undefined && value.length >= 20) signatures.add(value);
    }
  };
  return {
    tokens,
    kubeconfigs,
    signatures,
    add({ body, headers = {} }) {
      for (const [name, value] of Object.entries(headers))
        if (/^(azure-asyncoperation|location)$/i.test(name)) addUrl(value);
      if (!isObject(body)) return;
      const token = stringAt(body, 'access_token');
      if (token !== undefined) tokens.add(token);
      for (const config of objectsAt(body, 'kubeconfigs')) addKubeconfig(stringAt(config, 'value') ?? '');
    },
  };
}
