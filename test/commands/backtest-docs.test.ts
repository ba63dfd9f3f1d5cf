/**
 * The commands of docs/backtesting.md are run, each over one recording of its set and with calibrated fills alone: the whole of
 * them takes minutes. With KMM_TEST_ALL=1 they are run as they stand there, and the page's figures must be theirs.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { jsonHere } from '../support/kmm-here.ts';
import { sharedPath } from '../support/shared.ts';
import { tempDir } from '../support/temp-dir.ts';

const ALL = process.env.KMM_TEST_ALL === '1';
const ONE_EACH = /20260513T173714Z|26AUG050800-00/;
const page = readFileSync(fileURLToPath(new URL('../../docs/backtesting.md', import.meta.url)), 'utf8');
const commands = [...page.matchAll(/^ {4}kmm (backtest .+)$/gm)].map((match) => match[1] as string);
const data = sharedPath('data');

function wordsOf(command: string): string[] {
  return command.split(' ').flatMap((word) => {
    const text = word.replace('../shared/data', data as string);
    if (!text.endsWith('/*.gz')) return [text];
    const folder = text.slice(0, -'/*.gz'.length);
    const names = readdirSync(folder).filter((name) => ALL || ONE_EACH.test(name));
    return names.map((name) => `${folder}/${name}`);
  });
}

describe.skipIf(data === undefined)('the page about backtests', () => {
  it('has commands', () => {
    expect(commands.length).toBe(5);
  });

  it.each(commands)('kmm %s', { timeout: ALL ? 300_000 : 30_000 }, async (command) => {
    const place = { directory: tempDir(), variables: {} };
    const words = [...wordsOf(command), ...(ALL ? [] : ['--fill', 'calibrated'])];
    const { exit, records } = await jsonHere(place, words);
    expect(exit).toBe(0);
    const { results } = records[0] as unknown as {
      readonly results: readonly { readonly isPartial: boolean; readonly totals: { net: number; turns: number } }[];
    };
    expect(results).toHaveLength(ALL ? 3 : 1);
    for (const { isPartial, totals } of results) {
      expect(isPartial).toBe(false);
      expect(totals.turns).toBeGreaterThan(1_000);
    }
    const strategy = /--strategy (\w+)/.exec(command)?.[1];
    const row = command.includes('--prints')
      ? undefined
      : page.split('\n').find((line) => line.startsWith(`| ${strategy} |`));
    if (!ALL || row === undefined) return;
    const dollars = results.map(
      ({ totals }) => `${totals.net < 0 ? '−' : '+'}${Math.abs(totals.net / 1e6).toFixed(2)}`,
    );
    expect(
      row
        .split('|')
        .slice(2, 5)
        .map((cell) => cell.trim().split(' ')[0]),
    ).toEqual(dollars);
  });
});
