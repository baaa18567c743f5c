import { join } from 'node:path';
import { certify, createAuthority, keptIn, type CertifiedKey } from '../certificates.ts';

/** PEM texts: what a cluster's API server shows and what its users show it. */
export interface Certificates {
  readonly authority: string;
  readonly server: CertifiedKey;
  /** Of the group system:masters, as in the kubeconfigs of a cluster with local accounts. */
  readonly client: CertifiedKey;
}

/** Makes an authority, a server certificate for localhost and 127.0.0.1, and a client certificate. */
export async function createCertificates(): Promise<Certificates> {
  const authority = await createAuthority('ca');
  return {
    authority: authority.certificate,
    server: await certify(authority, {
      commonName: 'apiserver',
      usage: 'serverAuth',
      names: { dns: ['localhost', 'kubernetes.default.svc'], ip: ['127.0.0.1'] },
    }),
    client: await certify(authority, {
      commonName: 'masterclient',
      organization: 'system:masters',
      usage: 'clientAuth',
    }),
  };
}

/** The certificates kept in a directory, made there at first: kubeconfigs stay good over restarts. */
export const keptCertificates = (directory: string): Promise<Certificates> =>
  keptIn(join(directory, 'certificates.json'), createCertificates);
