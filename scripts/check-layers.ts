/**
 * Checks the layer table with dependency-cruiser, and that it has read the sources at all: with a TypeScript it does not
 * know it reads nothing and finds nothing wrong.
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import extractOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTsConfig from 'dependency-cruiser/config-utl/extract-ts-config';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const options = await extractOptions('./.dependency-cruiser.cjs');
const { output } = await cruise(['src'], options, undefined, { tsConfig: extractTsConfig('./tsconfig.json') });
const { modules, summary } = output as ICruiseResult;

const read = modules.filter((module) => module.source.startsWith('src/')).length;
const written = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts')).length;
for (const { rule, from, to } of summary.violations) process.stderr.write(`${rule.name}: ${from} → ${to}\n`);
process.stdout.write(`layers: ${read} of ${written} modules read, ${summary.violations.length} violations\n`);
if (read === 0 || read < written || summary.violations.length > 0) process.exitCode = 1;
