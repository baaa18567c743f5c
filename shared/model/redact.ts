/** What stands in the place of a secret. */
const HIDDEN = '[redacted]';

const named =
  'client_secret|client_assertion|access_token|refresh_token|id_token|client-key-data|client-certificate-data|' +
  'certificate-authority-data|x-functions-key|x-identity-header|x-ms-client-principal';
/** What ends a value is never a part of it; what begins one is no end of what stands before. */
const value = `[\\w~+/=.-][^\\s"'&,;\\\\]*`;
/** Of YAML, JSON, or JSON inside of JSON. */
const colon = `(\\\\*["']?\\s*:\\s*\\\\*["']?)`;

/**
 * Secrets by their shape, wherever they stand in a text: logs, messages, JSON, YAML. Each rule keeps what tells the reader
 * what was there. No rule takes a quote or a line end away, so that JSON stays JSON.
 */
const rules: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // PEM, as it is and with its line ends escaped, and base64 of PEM, as kubeconfigs hold it (LS0tLS1CRUdJTi is "-----BEGIN").
  [/-----BEGIN [A-Z0-9 ]+-----[^"]*?-----END [A-Z0-9 ]+-----/g, HIDDEN],
  [/LS0tLS1CRUdJTi[A-Za-z0-9+/=_-]*/g, HIDDEN],
  // JSON Web Tokens: two or three parts, the first two being JSON objects in base64url.
  [/\beyJ[\w-]{5,}\.eyJ[\w-]{5,}(?:\.[\w-]*)?/g, HIDDEN],
  [/\b(Bearer|Basic|SharedAccessSignature)(\s+)(?=[\w.~+/=-]*[\d.=])[\w.~+/=-]{16,}/gi, `$1$2${HIDDEN}`],
  // Of URLs: function keys (code), shared access signatures (sig), and the signatures of ARM's operation URLs (t, c, s, h).
  [/([?&](?:amp;)?(?:code|sig|signature|t|c|s|h|client_secret|access_token|password)=)[^&\s"'<>\\]+/gi, `$1${HIDDEN}`],
  // Of connection strings.
  [/\b((?:Account|SharedAccess|Access)Key|SharedAccessSignature|Password)=[^;\s"'\\]+/gi, `$1=${HIDDEN}`],
  // Named values of forms, then of JSON, YAML and headers, in quotes or not.
  [new RegExp(`\\b(${named})(=)${value}`, 'gi'), `$1$2${HIDDEN}`],
  [new RegExp(`\\b(${named})${colon}${value}`, 'gi'), `$1$2${HIDDEN}`],
  // The token of a kubeconfig may have any shape, and prose speaks of tokens too: those are no long words with digits.
  [new RegExp(`\\b(token)${colon}(?=\\S*\\d)[\\w~+/=.-][^\\s"',\\\\]{19,}`, 'gi'), `$1$2${HIDDEN}`],
];

/** A text without the secrets that can be told by their shape; applied again, it changes nothing. */
export const redactByShape = (text: string): string =>
  rules.reduce((redacted, [pattern, replacement]) => redacted.replace(pattern, replacement), text);
