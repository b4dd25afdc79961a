/*
 * What may import what: the layers, the order inside main/core and inside the reference server, and no circles, between
 * files or between folders. docs/architecture.md shows it; `npm run check` enforces it. Imports of types count too.
 */

/** main/core, lower first: each part imports only parts before it. */
const core = [
  ['ports', 'lib'],
  ['vault'],
  ['activity', 'links'],
  ['service'],
  ['credentials'],
  ['contexts'],
  ['signin'],
  ['registries', 'approvals', 'tokens', 'clipboard', 'settings'],
  ['secrets'],
  [
    'access',
    'grants',
    'bots',
    'orgs',
    'api-keys',
    'projects',
    'accounts',
    'users',
    'groups',
    'api-tokens',
    'audit',
    'directory',
    'org-events',
    'keeper',
    'rules',
  ],
  ['images', 'doctor', 'lock', 'window', 'backup'],
  ['tray'],
];

/** The reference server, lower first. */
const server = [
  ['turns', 'error-code'],
  ['http', 'limits'],
  ['config'],
  ['log', 'db'],
  ['audit'],
  ['events'],
  ['context'],
  ['mail'],
  ['identity'],
  ['auth'],
  ['access'],
  ['registry', 'keeper'],
  ['api', 'web'],
  ['scrub', 'seed'],
  ['server'],
  ['cli'],
];

/** One of these below a folder: files `name.ts`, or whatever is in `name/`. */
function oneOf(root, names) {
  return `^${root}/(${names.join('|')})(/|\\.ts$)`;
}

/** Rules that let each part of a folder import only parts before it, and that know all of its parts. */
function inOrder(root, floors) {
  const rules = floors.slice(0, -1).map((floor, at) => ({
    name: `${root}: ${floor.join(', ')} lie below`,
    severity: 'error',
    from: { path: oneOf(root, floor) },
    to: { path: oneOf(root, floors.slice(at + 1).flat()) },
  }));
  const unknown = {
    name: `${root}: a part that has no place in the order`,
    severity: 'error',
    from: { path: `^${root}/`, pathNot: oneOf(root, floors.flat()) },
    to: { path: '.' },
  };
  return [...rules, unknown];
}

/** A part of the tree that imports nothing of these. */
function never(name, from, to) {
  return { name, severity: 'error', from, to };
}

export default {
  forbidden: [
    {
      name: 'no circles between files',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no circles between folders',
      scope: 'folder',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...inOrder('main/core', core),
    ...inOrder('reference-server', server),
    never(
      'only main/electron and the preload script import electron',
      { pathNot: '^(main/electron|preload)/' },
      { path: '(^|node_modules/)electron(/|$)' },
    ),
    never(
      'the reference server is on its own: it shares contracts alone',
      { pathNot: '^reference-server/' },
      { path: '^reference-server/' },
    ),
    never('contracts are plain', { path: '^contracts/' }, { pathNot: '^contracts/|node_modules/zod/' }),
    never(
      'the core reaches the world through its ports',
      { path: '^main/core/' },
      { path: '^(main/(?!core/)|renderer/|preload/)' },
    ),
    never(
      'only what is about key pairs knows keys; all else asks Credentials',
      {
        path: '^main/',
        pathNot:
          '^main/(core/(credentials/|bots/|signin/registration|tokens/inspection/)|ipc/keys\\.ts$|bootstrap/)',
      },
      { path: '^main/core/credentials/keys/' },
    ),
    never(
      'of Node the core has what computes',
      { path: '^main/core/' },
      { dependencyTypes: ['core'], pathNot: '^(crypto|path|util)$' },
    ),
    never('adapters know the core alone', { path: '^main/adapters/' }, { path: '^main/(?!adapters/|core/)' }),
    never('handlers know the core alone', { path: '^main/ipc/' }, { path: '^main/(?!ipc/|core/|agent/)' }),
    never('the agent knows the core alone', { path: '^main/agent/' }, { path: '^main/(?!agent/|core/)' }),
    never('main and the window share contracts alone', { path: '^main/' }, { path: '^(renderer|preload)/' }),
    never('the window knows contracts alone', { path: '^renderer/' }, { path: '^(main|preload)/' }),
    never('the window has no Node', { path: '^renderer/' }, { dependencyTypes: ['core'] }),
    never('the preload script carries contracts', { path: '^preload/' }, { path: '^(main|renderer)/' }),
    never(
      'the reference server shares contracts alone',
      { path: '^reference-server/' },
      { path: '^(main|renderer|preload)/' },
    ),
    never('shipped code imports no tests', {}, { path: '^(test|scripts)/' }),
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: '^(node_modules|test|scripts)/' },
    exclude: { path: '\\.css$' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js'],
    },
  },
};
