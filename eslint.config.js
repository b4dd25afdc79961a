import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Forbids imports by pattern within a part of the tree: the layers of docs/architecture.md. */
function layer(files, patterns) {
  return {
    files,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: patterns.map(([regex, message]) => ({ regex, message })),
        },
      ],
    },
  };
}

const electron = ['^electron(/|$)', 'Only main/electron and the preload script import electron.'];
const server = ['reference-server/', 'The app and the reference server share only contracts/.'];
const tests = ['(^|/)test/', 'Shipped code does not import tests.'];
const io = [
  '^node:(fs|net|http|https|tls|dgram|child_process|dns|worker_threads)(/|$)',
  'The core reaches the world through main/core/ports.ts.',
];
const adapters = [
  '^(\\.\\./)+(adapters|electron|ipc|agent)/',
  'The core knows ports, not what implements them.',
];
const appParts = ['/(main|renderer|preload)/', 'This part imports contracts/ only.'];

export default tseslint.config(
  { ignores: ['out/**', 'dist/**', 'node_modules/**', '**/*.d.ts', '*.config.ts'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // Index signatures are read with brackets: the compiler's noPropertyAccessFromIndexSignature asks for it.
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      // A query names its own row shape; nothing else can.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      'no-console': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: ['renderer/**/*.tsx', 'renderer/**/*.ts'], ...hooks.configs.flat.recommended },
  layer(
    ['contracts/**'],
    [electron, server, tests, io, appParts, ['^(node:|fastify|react)', 'contracts/ is plain.']],
  ),
  layer(['main/core/**'], [electron, server, tests, io, adapters]),
  layer(['main/{adapters,ipc,agent}/**', 'main/bootstrap/**', 'main/*.ts'], [electron, server, tests]),
  layer(['main/electron/**', 'preload/**'], [server, tests]),
  layer(
    ['renderer/**'],
    [
      electron,
      server,
      tests,
      ['/(main|preload)/', 'The window knows contracts/ only.'],
      ['^node:', 'The window has no Node.'],
    ],
  ),
  layer(['reference-server/**'], [electron, tests, appParts]),
  { files: ['scripts/**'], rules: { 'no-console': 'off' } },
  // Says what the React Compiler would leave alone; it is not used here.
  { files: ['renderer/**'], rules: { 'react-hooks/incompatible-library': 'off' } },
);
