/**
 * `npm run docs:reliability -- --dst FILE [--chaos FILE]`: the tables of docs/reliability.md between its markers, from the lines that
 * `npm run dst -- --out FILE` appended and from those of chaos in the same form.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { FAULT_ROWS, type FaultRow } from '../test/world/fault-rows.ts';

interface Line {
  readonly type?: 'dst';
  readonly seeds?: number;
  readonly runs?: number;
  readonly from?: number;
  readonly violations: number;
  readonly traceHash?: string;
  readonly seconds?: number;
  readonly counts: Readonly<Record<string, number>>;
}

interface ChaosRun {
  readonly type: 'run';
  readonly plan: { readonly scenario: string };
  readonly violations: readonly unknown[];
}

const { values } = parseArgs({ options: { dst: { type: 'string' }, chaos: { type: 'string' } } });
const [dst, chaos] = [linesOf(values.dst), linesOf(values.chaos)];
const [inWorlds, inChaos] = [sumOf(dst), sumOf(chaos)];

const PAGE = new URL('../docs/reliability.md', import.meta.url);
let page = readFileSync(PAGE, 'utf8');
replace('batches', [
  '| seeds | from | violations | trace hash |',
  '|---|---|---|---|',
  ...dst.map(batchRow),
  totalRow(),
]);
replace('faults', [
  '| # | fault | worlds (count) | tests | chaos | open |',
  '|---|---|---|---|---|---|',
  ...FAULT_ROWS.map(faultRow),
]);
replace('edges', [
  '| step | count |',
  '|---|---|',
  ...[...inWorlds]
    .filter(([name]) => name.includes('→'))
    .sort()
    .map(([name, times]) => `| ${name} | ${times} |`),
]);
writeFileSync(PAGE, page);

function linesOf(file: string | undefined): readonly Line[] {
  if (file === undefined || !existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => lineOf(JSON.parse(line)));
}

/** Chaos writes a line a run, and one at the end that sums them up. */
function lineOf(line: Line | ChaosRun | { readonly type: 'chaos' }): Line {
  if (!('type' in line) || line.type === 'dst') return line as Line;
  if (line.type === 'run') return { violations: line.violations.length, counts: { [line.plan.scenario]: 1 } };
  return { violations: 0, counts: {} };
}

function sumOf(lines: readonly Line[]): ReadonlyMap<string, number> {
  const sum = new Map<string, number>();
  for (const { counts } of lines)
    for (const [name, times] of Object.entries(counts)) sum.set(name, (sum.get(name) ?? 0) + times);
  return sum;
}

function batchRow({ seeds = 0, from = 0, violations, traceHash = '' }: Line): string {
  return `| ${seeds} | ${from} | ${violations} | ${traceHash.slice(0, 16)} |`;
}

function totalRow(): string {
  const seeds = dst.reduce((sum, line) => sum + (line.seeds ?? 0), 0);
  return `| **${seeds}** | | **${dst.reduce((sum, line) => sum + line.violations, 0)}** | |`;
}

function faultRow({ id, fault, counts, tests, open = '' }: FaultRow): string {
  const worlds = counts.map((name) => `${name} ${inWorlds.get(name) ?? 0}`).join(', ');
  const files = [...new Set(tests.map((test) => test.split(':', 1)[0] as string))]
    .map((file) => `test/${file}`)
    .join(', ');
  const runs = [...inChaos].filter(([name]) => name.startsWith(id)).reduce((sum, [, times]) => sum + times, 0);
  return `| ${id} | ${fault} | ${worlds} | ${files} | ${runs === 0 ? '' : runs} | ${open} |`;
}

function replace(name: string, lines: readonly string[]): void {
  const [start, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [before, rest] = page.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`docs/reliability.md has no place for ${name}`);
  page = `${before}${start}\n${lines.join('\n')}\n${end}${after}`;
}
