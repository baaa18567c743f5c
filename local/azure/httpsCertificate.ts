import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { certify, createAuthority, keptIn, type CertifiedKey } from '../certificates.ts';

/** What the HTTPS listener shows, and the PEM text of the authority by which its clients believe it. */
export interface HttpsCertificate {
  readonly authority: string;
  readonly server: CertifiedKey;
}

/**
 * The certificate for localhost and 127.0.0.1, kept in the state directory, with its authority in a file of its own that
 * clients are pointed to (`REQUESTS_CA_BUNDLE`, `NODE_EXTRA_CA_CERTS`, `SSL_CERT_FILE`). The authority's key is not kept,
 * so that nothing else can ever be made that those clients believe.
 */
export async function httpsCertificate(stateDirectory: string | undefined): Promise<HttpsCertificate> {
  if (stateDirectory === undefined) return create();
  const kept = await keptIn(join(stateDirectory, 'https.json'), create);
  writeFileSync(authorityFile(stateDirectory), kept.authority);
  return kept;
}

/** Where the authority's certificate is in a state directory. */
export const authorityFile = (stateDirectory: string): string => join(stateDirectory, 'ca.pem');

async function create(): Promise<HttpsCertificate> {
  const authority = await createAuthority('local Azure');
  const server = await certify(authority, {
    commonName: 'localhost',
    usage: 'serverAuth',
    names: { dns: ['localhost'], ip: ['127.0.0.1'] },
  });
  return { authority: authority.certificate, server };
}
