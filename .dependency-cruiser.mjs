/**
 * Which way imports may run. The tree's rings, inner first: kernel, then the domain, then registry and alerts, then use
 * cases, then adapters and http. The learning folders stand on kernel alone and know no betting word.
 */

const LEARNING = '(trees|calibration|evaluation|blend|tuning|drift|onnx|interchange)'
const DOMAIN = '(odds|bets|quality|lineage|lake|features|performance|simulator|recipe|market-model|backtest|traffic)'

/** What a ring must not import: everything outside itself and the rings named. */
const ring = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: `^shared/${from}/` },
  to: { path: '^(shared|functions|bin|lib|test)/', pathNot: `^shared/(${allowed})/` },
})

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle, of types even, is one module in two files.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'core-is-pure',
      comment: 'Everything that has meaning without AWS runs anywhere: no vendor but zod, nothing of Node.',
      severity: 'error',
      from: { path: '^shared/', pathNot: '^shared/(adapters|http|client)/' },
      to: { dependencyTypesNot: ['local'], pathNot: '(^|/)node_modules/zod/' },
    },
    {
      name: 'http-knows-hono-only',
      comment: 'What the apps share, and what calls them, is about HTTP: Hono and zod.',
      severity: 'error',
      from: { path: '^shared/(http|client)/' },
      to: { dependencyTypesNot: ['local'], pathNot: '(^|/)node_modules/(zod|hono|@hono/zod-openapi)/' },
    },
    ring('kernel-stands-alone', 'kernel', 'kernel', 'The kernel imports nothing of ours.'),
    ring('access-stands-on-kernel', 'access', 'kernel|access', 'Who may ask is no betting matter.'),
    ring('learning-knows-no-bets', LEARNING, `kernel|${LEARNING}`, 'Learning stands on kernel alone.'),
    ring(
      'domain-below-registry',
      DOMAIN,
      `kernel|config|${LEARNING}|${DOMAIN}`,
      'The domain knows nothing of what uses it.',
    ),
    ring(
      'registry-below-use-cases',
      '(registry|alerts)',
      `kernel|config|${LEARNING}|${DOMAIN}|registry|alerts`,
      'Ports only.',
    ),
    ring(
      'use-cases-below-adapters',
      'usecases',
      `kernel|config|access|${LEARNING}|${DOMAIN}|registry|alerts|usecases`,
      'A use case holds ports, never an adapter; the events that it publishes are schemas that lib/ routes by, in config.',
    ),
    ring('config-stands-alone', 'config', 'kernel|config', 'Shared with lib/, so it may drag nothing along.'),
    ring('http-below-functions', 'http', 'kernel|config|access|http', 'HTTP knows no betting word.'),
    {
      name: 'adapters-know-ports',
      comment: 'An adapter imports ports and domain types; files of one vendor, told by their first word, may share.',
      severity: 'error',
      from: { path: '^shared/adapters/([a-z0-9]+)' },
      to: { path: '^shared/(adapters|http)/', pathNot: '^shared/adapters/$1' },
    },
    {
      name: 'shared-below-functions',
      comment: 'shared/ is imported by functions, bin and lib, never the other way.',
      severity: 'error',
      from: { path: '^shared/', pathNot: '^shared/client/' },
      to: { path: '^(functions|bin|lib)/' },
    },
    {
      name: 'client-knows-types-only',
      comment: 'The typed client is made of the types of the two apps, and of no line of their code.',
      severity: 'error',
      from: { path: '^shared/client/' },
      to: { path: '^functions/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'client-stands-on-kernel',
      comment: 'Callers bring nothing of the product along but the kernel.',
      severity: 'error',
      from: { path: '^shared/client/' },
      to: { path: '^(shared|functions|bin|lib)/', pathNot: '^(shared/(kernel|client)/|functions/[^/]+/app[.]ts$)' },
    },
    {
      name: 'client-is-for-callers',
      comment: 'The product does not call itself: its parts meet in use cases.',
      severity: 'error',
      from: { path: '^(functions|bin|lib|shared)/', pathNot: '^shared/client/' },
      to: { path: '^shared/client/' },
    },
    {
      name: 'functions-do-not-meet',
      comment: 'A function never imports another function: each is deployed alone.',
      severity: 'error',
      from: { path: '^functions/([^/]+)/' },
      to: { path: '^(functions|bin|lib)/', pathNot: '^functions/$1/' },
    },
    {
      name: 'lib-is-infrastructure',
      comment: 'CDK code shares configuration with the handlers and nothing else.',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^(shared|functions|bin)/', pathNot: '^shared/config/' },
    },
    {
      name: 'no-tests-in-the-product',
      comment: 'Test code stays in test/.',
      severity: 'error',
      from: { path: '^(bin|lib|functions|shared)/' },
      to: { path: '^test/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'types'] },
  },
}
