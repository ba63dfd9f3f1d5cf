/**
 * Who may import whom: the layer table of ARCHITECTURE.md, one rule per row. scripts/check-layers.ts runs it and fails
 * when it has read nothing.
 */

const BUILT_IN = ['core'];
const FROM_NPM = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-bundled', 'npm-no-pkg', 'npm-unknown'];

/** Folders under src/lib/adapters and the packages each one wraps. Any may use luxon. */
const WRAPPED = {
  alerts: ['got'],
  archive: ['@duckdb/node-api', 'zod'],
  kalshi: ['got', 'ws', 'zod'],
  reference: ['got', 'ws', 'zod'],
  store: ['better-sqlite3', 'zod'],
  'sim-server': ['ws', 'zod'],
  render: ['echarts', 'csv-stringify'],
  system: [],
  metrics: ['prom-client'],
  workers: ['piscina'],
  // BullMQ and ioredis, by name: what is not installed cannot be looked up here.
  queue: [],
  // onnxruntime-node likewise.
  sources: ['zod'],
  objects: ['got'],
};

/** What an adapter takes from another, beside its own: the embedded exchange speaks the wire's words; a page is read in one way. */
const BESIDE = {
  'sim-server': ['^src/lib/sim/', '^src/lib/adapters/kalshi/(.*schema|sign|wire|key-file|fields|exchange-error)\\.ts$'],
  sources: ['^src/lib/adapters/reference/page\\.ts$'],
};

const inPackages = (names) => `(^|/)node_modules/(@types/)?(${names.join('|')})/`;

/** A layer and all that it may reach inside the project. */
const layer = (name, from, mayReach, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { path: '^(src|test|bench|scripts|bin)/', pathNot: mayReach },
});

/** A layer and the packages it may use. */
const packages = (name, from, names) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: names.length === 0 ? { dependencyTypes: FROM_NPM } : { dependencyTypes: FROM_NPM, pathNot: inPackages(names) },
});

const noBuiltIns = (name, from) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { dependencyTypes: BUILT_IN },
});

/** `import type` only: the code of that layer must not run here. */
const typesOnly = (name, from, to, butNot = []) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: to, pathNot: butNot, dependencyTypesNot: ['type-only'] },
});

const CORE = '^src/lib/core/';
const SIM = '^src/lib/sim/';
const PORTS = '^src/lib/ports\\.ts$';
const APP = '^src/lib/app/';
const FORMAT = '^src/(format|limit-bar|text-width)\\.ts$';
const TUI = '^src/tui/';
const COMMANDS = '^src/commands/';
/** What commands share: the entry, the base class, flags and texts. */
const SHELL = '^src/([^/]+|print/.+)\\.ts$';
/** Text to integer and back, for flags and for --json. */
const UNITS = '^src/lib/core/units\\.ts$';

module.exports = {
  forbidden: [
    layer('core-imports-core', CORE, [CORE], 'core thinks: everything it needs arrives as an argument'),
    packages('core-has-no-packages', CORE, []),
    noBuiltIns('core-has-no-built-ins', CORE),

    layer('sim-imports-core-and-sim', SIM, [CORE, SIM], 'sim is as pure as core; random streams are arguments'),
    packages('sim-has-no-packages', SIM, []),
    noBuiltIns('sim-has-no-built-ins', SIM),

    layer('ports-import-core', PORTS, [CORE], 'the sockets know nothing of what is plugged in'),
    typesOnly('ports-are-types', PORTS, '.'),

    ...Object.entries(WRAPPED).flatMap(([name, wrapped]) => {
      const own = `^src/lib/adapters/${name}/`;
      return [
        layer(
          `adapter-${name}-alone`,
          own,
          [CORE, PORTS, own, ...(BESIDE[name] ?? [])],
          'adapters never import each other',
        ),
        packages(`adapter-${name}-packages`, own, [...wrapped, 'luxon']),
      ];
    }),
    {
      name: 'adapter-in-the-table',
      comment: 'a new adapter folder gets its row in WRAPPED',
      severity: 'error',
      from: { path: '^src/lib/adapters/', pathNot: `^src/lib/adapters/(${Object.keys(WRAPPED).join('|')})/` },
      to: {},
    },

    layer('app-imports-lib', APP, ['^src/lib/'], 'app plugs lib together and knows no command and no screen'),
    packages('app-packages', APP, ['zod', 'smol-toml']),

    layer('format-imports-core', FORMAT, [CORE, FORMAT], 'format turns units into text'),
    typesOnly('format-uses-core-types', FORMAT, CORE),
    packages('format-packages', FORMAT, ['luxon', 'chalk']),
    noBuiltIns('format-has-no-built-ins', FORMAT),

    layer('tui-imports-core-types', TUI, [CORE, FORMAT, TUI], 'the screen draws a view and returns keys'),
    typesOnly('tui-uses-core-types', TUI, CORE),
    packages('tui-packages', TUI, ['ink', 'react']),

    layer(
      'commands-import-app',
      COMMANDS,
      [APP, TUI, FORMAT, CORE, COMMANDS, SHELL],
      'flags in, one call into app, print',
    ),
    typesOnly('commands-use-core-types', COMMANDS, CORE, [UNITS]),
    packages('commands-packages', COMMANDS, ['@oclif/core']),

    layer('shell-imports-app', SHELL, [APP, TUI, FORMAT, CORE, SHELL], 'what all commands share is a command as well'),
    packages('shell-packages', SHELL, ['@oclif/core', 'chalk', 'luxon', 'cli-progress']),

    {
      name: 'no-test-code-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'no-dev-dependency-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '/node_modules/@types/' },
    },
    {
      name: 'no-circle',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
