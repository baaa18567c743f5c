import { TENANT_ID } from './azure.ts';
import type { CloudFacts } from './clouds.ts';
import type { Answer, Request } from './http.ts';
import type { JsonObject } from './json.ts';

/** The directory path that AD FS has in place of a tenant: clients take such an authority at its word. */
const ADFS = 'adfs';
const OPENID_CONFIGURATION = /^(?:\/adfs)?\/([^/]+)(?:\/oauth2)?(?:\/v2\.0)?\/\.well-known\/openid-configuration$/;

/** Answers what clients ask before they ask for a token: where that is done, and by whom. Undefined for other paths. */
export function answerDiscovery(cloud: CloudFacts, { url }: Request): Answer | undefined {
  const { pathname, origin, host } = url;
  if (pathname === '/metadata/endpoints') {
    const isList = (url.searchParams.get('api-version') ?? '') >= '2019-05-01';
    return { status: 200, body: isList ? [knownCloud(cloud, origin)] : cloudEndpoints(cloud, origin) };
  }
  if (pathname === '/common/discovery/instance') return { status: 200, body: instance(origin, host) };
  const tenant = OPENID_CONFIGURATION.exec(pathname)?.[1];
  return tenant === undefined || tenant === 'subscriptions'
    ? undefined
    : { status: 200, body: openIdConfiguration(origin, tenant) };
}

/**
 * The endpoints of a cloud, as `az cloud register --endpoint-resource-manager` reads them (msrestazure,
 * `_populate_from_metadata_endpoint`, api-version 2015-01-01). The login endpoint is an AD FS, as on an Azure Stack without
 * Entra: any other host's authority MSAL would have vouched for by login.microsoftonline.com. There is no graph here, and
 * nobody is sent to the real one.
 */
const cloudEndpoints = ({ audiences }: CloudFacts, origin: string): JsonObject => ({
  galleryEndpoint: origin,
  graphEndpoint: `${origin}/`,
  portalEndpoint: origin,
  authentication: { loginEndpoint: `${origin}/${ADFS}`, audiences: [`${audiences[0]}/`] },
});

/**
 * The same since api-version 2019-05-01, where the answer is a list of clouds: names, audiences and suffixes are those of the cloud
 * that local Azure stands in for, and what is spoken to is local Azure itself.
 */
const knownCloud = ({ name, audiences, suffixes }: CloudFacts, origin: string): JsonObject => ({
  name,
  portal: origin,
  resourceManager: `${origin}/`,
  authentication: {
    loginEndpoint: `${origin}/${ADFS}`,
    audiences: audiences.map((audience) => `${audience}/`),
    tenant: 'common',
    identityProvider: 'AAD',
  },
  suffixes,
});

const instance = (origin: string, host: string): JsonObject => ({
  tenant_discovery_endpoint: `${origin}/${TENANT_ID}/v2.0/.well-known/openid-configuration`,
  'api-version': '1.1',
  metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
});

/**
 * The provider metadata of OpenID Connect Discovery. AD FS knows no tenants and no versions
 * (`/adfs/oauth2/token`), and az takes the first segment of the issuer's path for the tenant's id (`validate_tenant`).
 */
function openIdConfiguration(origin: string, tenant: string): JsonObject {
  const isAdfs = tenant.toLowerCase() === ADFS;
  const base = `${origin}/${tenant}`;
  const version = isAdfs ? '' : '/v2.0';
  const issuer = tenant === 'common' || tenant === 'organizations' ? '{tenantid}' : tenant;
  return {
    token_endpoint: `${base}/oauth2${version}/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    authorization_endpoint: `${base}/oauth2${version}/authorize`,
    jwks_uri: `${base}/discovery${version}/keys`,
    issuer: `${origin}/${issuer}${version}`,
    response_types_supported: ['token'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
  };
}
