import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

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
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreVoidReturningFunctions: true }],
      // Marked so that it stands out: `auth/oidc/provider-fetch.ts`, and the app's `oidc/provider.ts`, say where http will do.
      '@typescript-eslint/no-deprecated': [
        'error',
        {
          allow: ['openid-client', 'oauth4webapi'].map((name) => ({
            from: 'package',
            name: 'allowInsecureRequests',
            package: name,
          })),
        },
      ],
      'no-console': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    },
  },
  { files: ['renderer/**/*.tsx', 'renderer/**/*.ts'], ...hooks.configs.flat.recommended },
  {
    files: ['test/**'],
    ignores: ['test/support/in-main.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.property.name='evaluate']:matches([callee.object.name='electron'], [callee.object.property.name='electron'])",
          message: 'V8 can lose the answer of evaluate: ask main with inMain.',
        },
      ],
    },
  },
  { files: ['scripts/**'], rules: { 'no-console': 'off' } },
  // Says what the React Compiler would leave alone; it is not used here.
  { files: ['renderer/**'], rules: { 'react-hooks/incompatible-library': 'off' } },
);
