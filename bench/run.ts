/** Runs every bench beside this file, one after another, and prints what each measured. `node bench/run.ts [NAME…]` */
import { readdirSync } from 'node:fs';

/** What a `*.bench.ts` exports as `run`. Figures are ratios measured in one run wherever that is possible. */
interface Bench {
  run(): BenchResult | Promise<BenchResult>;
}
export interface BenchResult {
  readonly name: string;
  /** Rows of its table, ready to print. */
  readonly lines: readonly string[];
}

const wanted = process.argv.slice(2);
const files = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.bench.ts') && (wanted.length === 0 || wanted.some((name) => file.startsWith(name))))
  .sort();

process.stdout.write(`node ${process.version}, ${process.platform}-${process.arch}\n`);
for (const file of files) {
  const bench: Bench = await import(new URL(file, import.meta.url).href);
  const { name, lines } = await bench.run();
  process.stdout.write(`\n${name}\n${lines.map((line) => `  ${line}\n`).join('')}`);
}
if (files.length === 0) {
  process.stderr.write(`no bench is named ${wanted.join(' or ')}\n`);
  process.exitCode = 2;
}
