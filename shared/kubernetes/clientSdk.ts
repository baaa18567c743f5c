// Loaded where it is used. Only what is named here gets into the bundle; a dynamic import of the package itself would take
// the models of all of Kubernetes along, 17 MB of them.
export { HttpMethod, IsomorphicFetchHttpLibrary, KubeConfig, RequestContext } from '@kubernetes/client-node';
