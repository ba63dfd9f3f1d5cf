/** The layer table is worth what it catches: each of these imports, in a project of this shape, is found by its rule. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import { afterAll, describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** File, what it says, and the rules that must object. */
const CASES: readonly (readonly [file: string, text: string, rules: readonly string[]])[] = [
  ['src/lib/core/a1.ts', "import '../app/ok.ts';", ['core-imports-core']],
  ['src/lib/core/a2.ts', "import '../sim/ok.ts';", ['core-imports-core']],
  ['src/lib/core/a3.ts', "import 'zod';", ['core-has-no-packages']],
  ['src/lib/core/a4.ts', "import 'node:fs';", ['core-has-no-built-ins']],
  ['src/lib/core/a5.ts', "import type { X } from '../ports.ts';\nexport type Y = X;", ['core-imports-core']],
  ['src/lib/core/a6.ts', "import './ok.ts';", []],
  ['src/lib/sim/a1.ts', "import '../adapters/kalshi/ok.ts';", ['sim-imports-core-and-sim']],
  ['src/lib/sim/a2.ts', "import 'luxon';", ['sim-has-no-packages']],
  ['src/lib/sim/a3.ts', "import 'node:crypto';", ['sim-has-no-built-ins']],
  ['src/lib/sim/a4.ts', "import '../core/ok.ts';", []],
  ['src/lib/ports.ts', "import './core/ok.ts';\nexport type X = 1;", ['ports-are-types']],
  ['src/lib/adapters/kalshi/a1.ts', "import '../store/ok.ts';", ['adapter-kalshi-alone']],
  ['src/lib/adapters/kalshi/a2.ts', "import '../../sim/ok.ts';", ['adapter-kalshi-alone']],
  ['src/lib/adapters/kalshi/a3.ts', "import 'better-sqlite3';", ['adapter-kalshi-packages']],
  ['src/lib/adapters/kalshi/a4.ts', "import 'got';\nimport 'node:fs';\nimport '../../core/ok.ts';", []],
  ['src/lib/adapters/store/a1.ts', "import '../../app/ok.ts';", ['adapter-store-alone']],
  ['src/lib/adapters/sim-server/a1.ts', "import '../kalshi/socket.ts';", ['adapter-sim-server-alone']],
  ['src/lib/adapters/sim-server/a2.ts', "import '../kalshi/sign.ts';\nimport '../../sim/ok.ts';", []],
  ['src/lib/adapters/novel/a1.ts', "import '../../core/ok.ts';", ['adapter-in-the-table']],
  ['src/lib/app/a1.ts', "import '../../tui/ok.ts';", ['app-imports-lib']],
  ['src/lib/app/a2.ts', "import '@oclif/core';", ['app-packages']],
  ['src/lib/app/a3.ts', "import '../adapters/store/ok.ts';\nimport '../sim/ok.ts';\nimport 'zod';", []],
  ['src/format.ts', "import './lib/core/ok.ts';", ['format-uses-core-types']],
  ['src/tui/a1.ts', "import '../lib/app/ok.ts';", ['tui-imports-core-types']],
  ['src/tui/a2.ts', "import '../lib/core/ok.ts';", ['tui-uses-core-types']],
  ['src/tui/a3.ts', "import 'chalk';", ['tui-packages']],
  ['src/tui/a4.ts', "import 'ink';\nimport type { X } from '../lib/core/ok.ts';\nexport type Y = X;", []],
  ['src/commands/a1.ts', "import '../lib/sim/ok.ts';", ['commands-import-app']],
  ['src/commands/a2.ts', "import '../lib/adapters/store/ok.ts';", ['commands-import-app']],
  ['src/commands/a3.ts', "import 'ink';", ['commands-packages']],
  ['src/commands/a4.ts', "import '@oclif/core';\nimport '../lib/app/ok.ts';\nimport '../base-command.ts';", []],
  ['src/base-command.ts', "import './lib/adapters/store/ok.ts';", ['shell-imports-app']],
  ['src/main.ts', "import './nowhere.ts';", ['resolvable']],
  ['src/lib/app/b1.ts', "import './b2.ts';", ['no-circle']],
  // A circle is told once, at its first file.
  ['src/lib/app/b2.ts', "import './b1.ts';", []],
  ['src/lib/app/b3.ts', "import 'fast-check';", ['app-packages', 'no-dev-dependency-in-src']],
  ['src/lib/app/b4.ts', "import '../../../test/ok.ts';", ['app-imports-lib', 'no-test-code-in-src']],
];

/** Harmless files that the cases import. */
const OTHERS = [
  ...['core', 'sim', 'app', 'adapters/kalshi', 'adapters/store'].map((folder) => `src/lib/${folder}/ok.ts`),
  'src/lib/adapters/kalshi/socket.ts',
  'src/lib/adapters/kalshi/sign.ts',
  'src/tui/ok.ts',
  'test/ok.ts',
];

describe('the layer table', async () => {
  const root = mkdtempSync(join(tmpdir(), 'kmm-layers-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  const found = await violations(root);

  test.each(CASES)('%s: %j', (file, _text, rules) => {
    const mine = found.filter(({ from }) => from === file).map(({ rule }) => rule.name);
    expect([...new Set(mine)].sort()).toEqual([...rules].sort());
  });
});

async function violations(root: string) {
  const files = [...OTHERS.map((file) => [file, 'export type X = 1;\nexport const x = 1;'] as const), ...CASES];
  for (const [file, text] of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), `${text}\nexport {};\n`);
  }
  for (const name of ['package.json', 'tsconfig.json', 'node_modules']) symlinkSync(join(ROOT, name), join(root, name));
  const options = await extractOptions(join(ROOT, '.dependency-cruiser.cjs'));
  const { output } = await cruise(['src'], { ...options, baseDir: root }, { bustTheCache: true });
  return (output as ICruiseResult).summary.violations;
}
