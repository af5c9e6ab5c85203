// Lint rules: typed TypeScript rules, and the floors of docs/architecture.md (imports only ever look downwards).
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Forbids imports whose path the expression finds, with a message that says which way the arrows point. */
const noImport = (regex, message) => ({
  'no-restricted-imports': ['error', { patterns: [{ regex, message }] }],
});

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.test-tools/', 'test/artifacts/', 'sample-dataset/', 'worker/bags/simd/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['worker/tsconfig.json', 'webview/tsconfig.json', 'src/tsconfig.json', 'test/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['worker/**/*.ts'],
    rules: noImport('^vscode$|/(src|webview)/', 'The engine knows neither VS Code nor the page.'),
  },
  {
    files: ['webview/**/*.ts'],
    rules: noImport(
      '^vscode$|^node:|/src/|/worker/(?!(api|bags/weights|packed-analysis|labels/(change|view)|clustering/(choose-k|tree)|evaluation/(majority|metrics|purity|upsample)|benchmark/(results|tables))$)',
      'The page may import those modules of worker only that docs/architecture.md lists and a unit test bundles for a browser.',
    ),
  },
  {
    files: ['src/**/*.ts'],
    rules: noImport(
      '/worker/(?!(api|evaluation/majority|images/layout|labels|labels/view|packed-analysis|store/location)$)|/webview/(?!protocol$)',
      'The host may import webview/protocol and those modules of worker only that docs/architecture.md lists.',
    ),
  },
  {
    files: ['test/**/*.ts'],
    rules: { '@typescript-eslint/no-unused-expressions': 'off', '@typescript-eslint/no-floating-promises': 'error' },
  },
  {
    files: ['**/*.mjs', '**/*.cjs', '*.js'],
    languageOptions: {
      globals: {
        process: 'readonly',
        require: 'readonly',
        module: 'writable',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
      },
    },
  },
);
