import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** PEM texts. */
export interface CertifiedKey {
  readonly certificate: string;
  readonly key: string;
}

/** Who a certificate is for and what it may be used for: `names` are the DNS names and IP addresses of a server. */
interface CertificateRequest {
  readonly commonName: string;
  readonly organization?: string;
  readonly usage: 'serverAuth' | 'clientAuth';
  readonly names?: { readonly dns: readonly string[]; readonly ip: readonly string[] };
}

const DAY_MS = 86_400_000;
const VALIDITY_DAYS = 3650;

/** Makes a certificate authority. Whoever keeps its key can make certificates that are believed wherever it is. */
export async function createAuthority(commonName: string): Promise<CertifiedKey> {
  const { generate } = await selfsigned();
  const { cert, private: key } = await generate([{ name: 'commonName', value: commonName }], {
    ...common(),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  });
  return { certificate: cert, key };
}

/** Makes a key and lets an authority certify it. */
export async function certify(authority: CertifiedKey, request: CertificateRequest): Promise<CertifiedKey> {
  const { generate } = await selfsigned();
  const { commonName, organization, usage, names } = request;
  const { cert, private: key } = await generate(
    [
      { name: 'commonName', value: commonName },
      ...(organization === undefined ? [] : [{ name: 'organizationName', value: organization }]),
    ],
    {
      ...common(),
      ca: { key: authority.key, cert: authority.certificate },
      extensions: [
        { name: 'basicConstraints', cA: false },
        { name: 'keyUsage', digitalSignature: true, critical: true },
        usage === 'serverAuth' ? { name: 'extKeyUsage', serverAuth: true } : { name: 'extKeyUsage', clientAuth: true },
        ...(names === undefined ? [] : [{ name: 'subjectAltName' as const, altNames: altNames(names) }]),
      ],
    },
  );
  return { certificate: cert, key };
}

/** What is kept in a JSON file that its owner alone can read, made at first: clients go on trusting it after restarts. */
export async function keptIn<T>(path: string, make: () => Promise<T>): Promise<T> {
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as T;
  const made = await make();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, JSON.stringify(made, null, 2), { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return made;
}

/** The default export alone is the same in Node and in a bundle of this CommonJS package. */
const selfsigned = async () => (await import('selfsigned')).default;

/** TLS judges validity by the machine's own time, whatever the Azure time. */
function common() {
  const notBeforeDate = new Date(Date.now() - DAY_MS);
  return {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate,
    notAfterDate: new Date(notBeforeDate.getTime() + VALIDITY_DAYS * DAY_MS),
  } as const;
}

const altNames = ({ dns, ip }: NonNullable<CertificateRequest['names']>) => [
  ...dns.map((value) => ({ type: 2 as const, value })),
  ...ip.map((address) => ({ type: 7 as const, ip: address })),
];
