import tseslint from 'typescript-eslint';

const why =
  'This folder only decides: time, randomness and I/O come in as arguments (docs/architecture.md, the fence).';

/** The folders of pure functions, and the translators at the Docker border. */
const pure = [
  'src/{model,spec,policy,desired,placement,upgrade,plan,foresee,health,status,review,signatures,uninstall}/**/*.ts',
  'src/notify/{changes,notice-body,report}.ts',
  'src/docker/explain-refusal.ts',
  'src/docker/from-docker.ts',
  'src/docker/relay-frames.ts',
  'src/docker/restart-count.ts',
  'src/docker/to-docker.ts',
  'src/docker/to-host-config.ts',
  'src/docker/volume-options.ts',
];
const neighbours = [
  'model',
  'spec',
  'policy',
  'desired',
  'placement',
  'upgrade',
  'plan',
  'foresee',
  'health',
  'status',
  'review',
  'signatures',
  'uninstall',
];

/** No import but a neighbour's, node:crypto and the packages named. */
const imports = (...packages) => ({
  'no-restricted-imports': [
    'error',
    {
      patterns: [
        {
          regex: `^(?!\\./|\\.\\./(${neighbours.join('|')})/|node:crypto$${packages.map((name) => `|${name}$`).join('')})`,
          message: why,
        },
      ],
    },
  ],
});

export default tseslint.config(
  { ignores: ['dist', 'node_modules', '.work', 'src/model/*-spec.ts'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['eslint.config.js'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'max-params': ['error', 4],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
    },
  },
  {
    files: pure,
    rules: {
      ...imports('re2js'),
      'no-restricted-globals': [
        'error',
        ...['process', 'setTimeout', 'setInterval', 'setImmediate', 'fetch', 'console', 'performance'].map((name) => ({
          name,
          message: why,
        })),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: why },
        { object: 'Math', property: 'random', message: why },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: why },
      ],
    },
  },
  { files: ['src/upgrade/**/*.ts'], rules: imports('re2js', 'temporal-polyfill') },
  {
    files: ['src/spec/**/*.ts'],
    rules: imports('re2js', 'yaml', 'ajv', 'ajv/dist/2020.js', 'fast-json-patch/commonjs/core.js'),
  },
  { files: ['src/signatures/**/*.ts'], rules: imports('openpgp') },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/docker/dockerode.ts', ...pure],
    rules: {
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'dockerode', message: 'Only src/docker/dockerode.ts speaks to the engine.' }] },
      ],
    },
  },
  { files: ['src/cli/**/*.ts', 'scripts/**', 'bench/**', 'test/**'], rules: { 'no-console': 'off' } },
  {
    files: ['**/*.{js,mjs}'],
    ...tseslint.configs.disableTypeChecked,
  },
  { files: ['*.config.{js,ts}'], rules: { 'no-restricted-exports': 'off' } },
  {
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
);
