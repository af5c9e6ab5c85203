// Lint rules: typed TypeScript rules, and the floors of docs/architecture.md (imports only ever look downwards).
import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import architecture from './docs/architecture.json' with { type: 'json' };

/** Expression that finds imports of other modules of the engine than the doors. */
const notThrough = (names) => `/worker/(?!(${names.join('|')})$)`;

/** Forbids imports whose path the expression finds, with a message that says which way the arrows point. */
const noImport = (regex, message) => ({
  'no-restricted-imports': ['error', { patterns: [{ regex, message }] }],
});

const waitForWhatIsMeant =
  'Wait for what is meant: an element, a message, a file (test/tools/eventually.ts). A limit is an AbortSignal.timeout.';

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      '.test-tools/',
      '.packaging/',
      'packages/',
      'test/artifacts/',
      'sample-dataset/',
      'worker/bags/simd/',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['worker', 'webview', 'src', 'scripts', 'test'].map((folder) => `${folder}/tsconfig.json`),
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
      `^vscode$|^node:|/src/|${notThrough(architecture.doors.webview)}`,
      'The page may import those modules of worker only that docs/architecture.json lists.',
    ),
  },
  {
    files: ['src/**/*.ts'],
    rules: noImport(
      `${notThrough(architecture.doors.src)}|/webview/(?!source/protocol$)`,
      'The host may import webview/source/protocol and those modules of worker only that docs/architecture.json lists.',
    ),
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/no-floating-promises': 'error',
      // A time that is long enough today is too short on a busy machine, and wasted on an idle one.
      'no-restricted-syntax': [
        'error',
        { selector: "CallExpression[callee.property.name='waitForTimeout']", message: waitForWhatIsMeant },
        {
          selector: "MemberExpression[object.name=/^(globalThis|window)$/][property.name='setTimeout']",
          message: waitForWhatIsMeant,
        },
      ],
      'no-restricted-globals': ['error', { name: 'setTimeout', message: waitForWhatIsMeant }],
      'no-restricted-imports': [
        'error',
        {
          paths: ['timers', 'node:timers', 'timers/promises', 'node:timers/promises'].map((name) => ({
            name,
            message: waitForWhatIsMeant,
          })),
        },
      ],
    },
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
