/**
 * What imports cannot show: core and sim reach for no clock, no chance, no promise and no console. Each finding names its
 * cure. `// dst-ok: reason` on the line is the one escape, and escapes are counted.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LINES_MAX = 350;
const ESCAPES_ALLOWED = 0;

const TIME = 'time arrives on the event (`at`)';
const TIMERS = 'say when it is due and wait for the turn that has that time';
const CHANCE = 'a random stream is an argument';
const WORLD = 'return it; app prints, reads and ends the process';
const DECIMALS = 'text becomes an integer once: parsePrice, parseSize, parseMoney';
const PROMISES = 'ask for it as an intent; the answer comes back as an event';

const CURES: ReadonlyMap<string, string> = new Map([
  ['Date', TIME],
  ['performance', TIME],
  ['Temporal', TIME],
  ['setTimeout', TIMERS],
  ['setInterval', TIMERS],
  ['setImmediate', TIMERS],
  ['queueMicrotask', TIMERS],
  ['Math.random', CHANCE],
  ['crypto', CHANCE],
  ['process', WORLD],
  ['console', WORLD],
  ['globalThis', WORLD],
  ['Intl', 'format.ts turns units into text'],
  ['parseFloat', DECIMALS],
  ['Number.parseFloat', DECIMALS],
  ['Promise', PROMISES],
  ['async', PROMISES],
  ['await', PROMISES],
  ['import', 'core and sim import core and sim, at the top of the file'],
]);

describe('core and sim', () => {
  const files = [...sources('src/lib/core'), ...sources('src/lib/sim')];

  test('are read', () => expect(files.length).toBeGreaterThan(10));

  test('reach for no clock, chance, timer, promise, process or console', () => {
    expect(files.flatMap((file) => findings(file, read(file)))).toEqual([]);
  });

  test('use no more escapes than are known', () => {
    const escapes = files.flatMap((file) => read(file).match(/\/\/ dst-ok: \S.*/g) ?? []);
    expect(escapes).toHaveLength(ESCAPES_ALLOWED);
  });
});

describe('the rule itself', () => {
  test.each([
    ['const at = Date.now();', 'Date', TIME],
    ['const x = new Date(0);', 'Date', TIME],
    ['const x = Math.random();', 'Math.random', CHANCE],
    ['setTimeout(f, 1);', 'setTimeout', TIMERS],
    ['process.exit(1);', 'process', WORLD],
    ['console.log(1);', 'console', WORLD],
    ["const x = parseFloat('1');", 'parseFloat', DECIMALS],
    ["const x = Number.parseFloat('1');", 'Number.parseFloat', DECIMALS],
    ['async function f() {}', 'async', PROMISES],
    ['const f = async () => 1;', 'async', PROMISES],
    ['let p: Promise<void>;', 'Promise', PROMISES],
    ["import { readFileSync } from 'node:fs';", 'node:fs', 'node:fs is not for core or sim: '],
    ["const m = import('./x.ts');", 'import', 'core and sim import'],
  ])('%s is found, with its cure', (code, name, cure) => {
    const found = findings('x.ts', code);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(name);
    expect(found[0]).toContain(cure);
  });

  test('words in comments, strings and names of fields are none of its business', () => {
    const code = [
      '/** Date, Math.random */',
      "const text = 'process';",
      'const rule = { process: 1 };',
      'rule.process;',
    ];
    expect(findings('x.ts', code.join('\n'))).toEqual([]);
  });

  test('an escape with a reason is let through, one without is not', () => {
    expect(findings('x.ts', 'const x = Date; // dst-ok: only its name')).toEqual([]);
    expect(findings('x.ts', 'const x = Date; // dst-ok:')).toHaveLength(1);
  });
});

test(`no source file is longer than ${LINES_MAX} lines: one idea each`, () => {
  const long = sources('src')
    .map((file) => ({ file, lines: read(file).split('\n').length }))
    .filter(({ lines }) => lines > LINES_MAX);
  expect(long).toEqual([]);
});

function sources(folder: string): string[] {
  const found = readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: 'utf8' });
  return found.filter((path) => path.endsWith('.ts')).map((path) => `${folder}/${path}`);
}

function read(file: string): string {
  return readFileSync(`${ROOT}${file}`, 'utf8');
}

function findings(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const lines = text.split('\n');
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const name = bannedName(node);
    if (name !== undefined) {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      if (!/\/\/ dst-ok: \S/.test(lines[line] ?? '')) found.push(`${file}:${line + 1} ${name}: ${cureOf(name)}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function cureOf(name: string): string {
  return CURES.get(name) ?? `${name} is not for core or sim: what touches the world is passed in`;
}

/** What this node reaches for, when it may not. */
function bannedName(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return node.moduleSpecifier.text.startsWith('.') ? undefined : node.moduleSpecifier.text;
  }
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async';
  if (node.kind === ts.SyntaxKind.AwaitKeyword || ts.isAwaitExpression(node)) return 'await';
  if (node.kind === ts.SyntaxKind.ImportKeyword && ts.isCallExpression(node.parent)) return 'import';
  if (ts.isPropertyAccessExpression(node)) return CURES.has(node.getText()) ? node.getText() : undefined;
  if (!ts.isIdentifier(node) || isFieldName(node)) return undefined;
  return CURES.has(node.text) ? node.text : undefined;
}

function isFieldName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  return (
    (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isMethodDeclaration(parent)) &&
    parent.name === node
  );
}
