import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** PEM texts: what a cluster's API server shows and what its users show it. */
export interface Certificates {
  readonly authority: string;
  readonly server: CertifiedKey;
  /** Of the group system:masters, as in the kubeconfigs of a cluster with local accounts. */
  readonly client: CertifiedKey;
}

interface CertifiedKey {
  readonly certificate: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;
const VALIDITY_DAYS = 3650;

/** Makes an authority, a server certificate for localhost and 127.0.0.1, and a client certificate. */
export async function createCertificates(): Promise<Certificates> {
  // The default export alone is the same in Node and in a bundle of this CommonJS package.
  const { generate } = (await import('selfsigned')).default;
  // TLS judges validity by the machine's own time, whatever the Azure time.
  const notBeforeDate = new Date(Date.now() - DAY_MS);
  const common = {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate,
    notAfterDate: new Date(notBeforeDate.getTime() + VALIDITY_DAYS * DAY_MS),
  } as const;
  const authority = await generate([{ name: 'commonName', value: 'ca' }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    ],
  });
  const ca = { key: authority.private, cert: authority.cert };
  const server = await generate([{ name: 'commonName', value: 'apiserver' }], {
    ...common,
    ca,
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 2, value: 'kubernetes.default.svc' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  const client = await generate(
    [
      { name: 'commonName', value: 'masterclient' },
      { name: 'organizationName', value: 'system:masters' },
    ],
    {
      ...common,
      ca,
      extensions: [
        { name: 'basicConstraints', cA: false },
        { name: 'keyUsage', digitalSignature: true, critical: true },
        { name: 'extKeyUsage', clientAuth: true },
      ],
    },
  );
  return {
    authority: authority.cert,
    server: { certificate: server.cert, key: server.private },
    client: { certificate: client.cert, key: client.private },
  };
}

/** The certificates kept in a directory, made there at first: kubeconfigs stay good over restarts. */
export async function keptCertificates(directory: string): Promise<Certificates> {
  const path = join(directory, 'certificates.json');
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Certificates;
  const certificates = await createCertificates();
  mkdirSync(directory, { recursive: true });
  writeFileSync(`${path}.new`, JSON.stringify(certificates, null, 2), { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return certificates;
}
