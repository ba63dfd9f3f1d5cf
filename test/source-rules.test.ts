/**
 * What the source may not do anywhere (reliability.md S11–S13): build SQL from values, run a shell,
 * evaluate text. Each finding names its cure.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Words of our own that may stand in a statement: no value from outside ever does. By file. */
const CONSTANTS: Readonly<Record<string, readonly string[]>> = {
  'src/lib/adapters/store/journal.ts': ['INTENT_COLUMNS', 'placeholders', 'this.#synchronous'],
  'src/lib/adapters/store/turn-chain.ts': ['INTENT_COLUMNS'],
  'src/lib/adapters/store/migrations.ts': ['step'],
  'src/lib/adapters/store/arming.ts': ['columns'],
  'src/lib/adapters/store/operations.ts': ['patience'],
  'src/lib/adapters/store/alert-queue.ts': ['name', 'value', "name === 'synchronous' ? 'NORMAL' : 0"],
};
/** Parsing is dear: a file without any of these words offends against nothing. */
const SUSPECT = /\.(prepare|exec|pragma)\(|child_process|shell:|\beval\b|\bFunction\(/;
const SQL_CALLS: ReadonlySet<string> = new Set(['prepare', 'exec', 'pragma']);
const SHELLS: ReadonlySet<string> = new Set(['exec', 'execSync', 'execFile', 'execFileSync', 'spawnSync']);
const EVALUATIONS: ReadonlySet<string> = new Set(['eval', 'Function']);

describe('all source', () => {
  const files = ['src', 'bin'].flatMap(sources);

  test('is read', () => expect(files.length).toBeGreaterThan(250));

  test('builds no SQL from values, runs no shell and evaluates no text', () => {
    expect(files.flatMap((file) => findings(file, readFileSync(ROOT + file, 'utf8')))).toEqual([]);
  });

  test('uses every exception that it has', () => {
    for (const [file, names] of Object.entries(CONSTANTS)) {
      const text = readFileSync(ROOT + file, 'utf8');
      for (const name of names) expect(text, file).toContain(`\${${name}}`);
    }
  });
});

describe('the rule itself', () => {
  test.each([
    [`database.prepare(\`SELECT * FROM t WHERE name = \${name}\`);`, 'name in SQL: bind it with ?'],
    ["database.exec('DELETE FROM t WHERE name = ' + name);", 'SQL that is not one text: bind it with ?'],
    ['database.prepare(sql);', 'SQL that is not one text: bind it with ?'],
    ["import { exec } from 'node:child_process';", 'exec: fork or spawn with a list of words, without a shell'],
    ["spawn('ls', [path], { shell: true });", 'shell: a list of words needs none'],
    ["eval('1');", 'eval: text is data'],
    ["new Function('return 1');", 'Function: text is data'],
  ])('%s is found', (code, cure) => {
    expect(findings('x.ts', code).map((found) => found.replace(/^\S+ /, ''))).toEqual([cure]);
  });

  test('bound parameters, constant text and the exec of a regular expression are none of its business', () => {
    const code = "database.prepare('SELECT 1 WHERE a = ?').get(a); /x/.exec(text); pattern.exec(text);";
    expect(findings('x.ts', code)).toEqual([]);
  });
});

function sources(folder: string): string[] {
  const found = readdirSync(ROOT + folder, { recursive: true, encoding: 'utf8' });
  return found.filter((path) => /\.(ts|tsx|js)$/.test(path)).map((path) => `${folder}/${path}`);
}

function findings(file: string, text: string): string[] {
  if (!SUSPECT.test(text)) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    for (const what of offencesOf(node, file)) {
      found.push(`${file}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1} ${what}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function offencesOf(node: ts.Node, file: string): readonly string[] {
  if (ts.isImportSpecifier(node) && SHELLS.has(node.name.text)) {
    return [`${node.name.text}: fork or spawn with a list of words, without a shell`];
  }
  if (ts.isPropertyAssignment(node) && node.name.getText() === 'shell') return ['shell: a list of words needs none'];
  if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
    const callee = node.expression.getText();
    if (EVALUATIONS.has(callee)) return [`${callee}: text is data`];
    if (ts.isCallExpression(node)) return sqlOffences(node, file);
  }
  return [];
}

/** Of a call to a database; `exec` of a regular expression takes text too, and is told apart by what it is called on. */
function sqlOffences({ expression, arguments: [sql] }: ts.CallExpression, file: string): readonly string[] {
  if (!ts.isPropertyAccessExpression(expression) || !SQL_CALLS.has(expression.name.text) || sql === undefined)
    return [];
  if (!/database$/i.test(expression.expression.getText())) return [];
  if (ts.isStringLiteralLike(sql)) return [];
  if (!ts.isTemplateExpression(sql)) return isOwnSql(sql, file) ? [] : ['SQL that is not one text: bind it with ?'];
  const known = CONSTANTS[file] ?? [];
  return sql.templateSpans
    .map(({ expression: value }) => value.getText())
    .filter((value) => !known.includes(value) && !isOwnName(value))
    .map((value) => `${value} in SQL: bind it with ?`);
}

/** A constant of the module, by the way it is written. */
function isOwnName(value: string): boolean {
  return /^[A-Z][A-Z_]+(\[\w+\])?$/.test(value);
}

function isOwnSql(sql: ts.Expression, file: string): boolean {
  const text = sql.getText();
  const isMigration = text === 'sql' && file === 'src/lib/adapters/store/migrations.ts';
  return isOwnName(text) || isMigration || (CONSTANTS[file] ?? []).includes(text);
}
