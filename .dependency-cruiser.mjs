const pureRooms = '^shared/(model|desired|actual|plan)/';
const sdks = '^node_modules/(@azure/(arm-|core-|identity|abort-controller)|@azure-rest/)';

/** The rules of the house: each room imports only what stands below it, and nothing runs back up. */
/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      comment: '@azure/functions-core is given by the Functions host at run time.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^@azure/functions-core$' },
    },
    {
      name: 'no-dev-dependency-in-production',
      severity: 'error',
      from: { path: '^(functions|orchestrations|shared)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'pure-rooms-have-no-effects',
      severity: 'error',
      from: { path: pureRooms },
      to: { pathNot: [pureRooms, '^node_modules/(zod|ipaddr\\.js|yaml|uuid)/'] },
    },
    {
      name: 'model-is-the-ground-floor',
      severity: 'error',
      from: { path: '^shared/model/' },
      to: { path: '^shared/(?!model/)' },
    },
    {
      name: 'desired-and-actual-do-not-plan',
      severity: 'error',
      from: { path: '^shared/(desired|actual)/' },
      to: { path: '^shared/plan/' },
    },
    {
      name: 'azure-sdk-only-in-shared-azure',
      severity: 'error',
      from: { pathNot: ['^shared/azure/', '^(test|bench)/', '^cli/entra[.]ts$'] },
      to: { path: sdks },
    },
    {
      name: 'kubernetes-client-only-in-shared-kubernetes',
      severity: 'error',
      from: { pathNot: ['^shared/kubernetes/', '^(test|bench)/'] },
      to: { path: '^node_modules/@kubernetes/' },
    },
    {
      name: 'sdks-are-loaded-where-they-are-used',
      comment: 'A static import would load the SDK at the start of every function app instance.',
      severity: 'error',
      from: { path: '^shared/(azure|kubernetes)/', pathNot: 'Sdk[.]ts$' },
      to: {
        path: '^node_modules/(@azure|@azure-rest|@kubernetes)/',
        dependencyTypesNot: ['type-only', 'dynamic-import'],
      },
    },
    {
      name: 'sdk-modules-are-loaded-where-they-are-used',
      comment: 'They name what the bundle takes of an SDK, and are imported dynamically in its place.',
      severity: 'error',
      from: {},
      to: { path: '^shared/.*Sdk[.]ts$', dependencyTypesNot: ['dynamic-import'] },
    },
    {
      name: 'functions-import-no-sdk-code',
      severity: 'error',
      from: { path: '^functions/' },
      to: { path: '^shared/(azure|kubernetes)/' },
    },
    {
      name: 'orchestrators-only-yield',
      severity: 'error',
      from: { path: '^orchestrations/[^/]+\\.ts$' },
      to: {
        path: ['^shared/(azure|kubernetes|observe|settings)', '^orchestrations/activities/'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'orchestrators-use-no-node-modules',
      severity: 'error',
      from: { path: '^orchestrations/[^/]+\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'production-knows-no-stand-in',
      severity: 'error',
      from: { path: '^(functions|orchestrations|shared)/' },
      to: { path: '^(local|test|bench|packaging|infra|openapi|cli|web)/', pathNot: '^infra/roles/[^/]+[.]json$' },
    },
    {
      name: 'the-command-talks-to-the-app-over-http',
      comment: 'It shares words and renderings with the app, and nothing that reads or writes Azure.',
      severity: 'error',
      from: { path: '^cli/' },
      to: { path: '^(functions|orchestrations|local|shared/(azure|kubernetes|observe))/' },
    },
    {
      name: 'local-azure-is-the-other-side-of-the-wire',
      severity: 'error',
      from: { path: '^local/azure/' },
      to: { path: '^(shared|functions|orchestrations)/' },
    },
    {
      name: 'local-host-knows-no-app',
      severity: 'error',
      from: { path: '^local/host/' },
      to: { path: '^(shared|functions|orchestrations|local/azure)/' },
    },
    {
      name: 'nothing-runs-up',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: '^(functions|orchestrations)/' },
    },
    {
      name: 'orchestrations-know-no-trigger',
      severity: 'error',
      from: { path: '^orchestrations/' },
      to: { path: '^functions/' },
    },
    {
      name: 'page-talks-http',
      comment: 'It runs in a browser, and shares with the app what types say of its answers.',
      severity: 'error',
      from: { path: '^web/' },
      to: { pathNot: ['^web/', '^node_modules/preact/'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'page-models-are-pure',
      severity: 'error',
      from: { path: '^web/model/' },
      to: { pathNot: '^web/model/', dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    detectJSDocImports: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json'],
    },
  },
};
