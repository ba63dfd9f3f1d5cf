/** The page about shadow runs is carried out, in virtual time; what it prints is held against docs/json.md's words elsewhere. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jsonHere, kmmHere } from '../support/kmm-here.ts';
import { tempDir } from '../support/temp-dir.ts';

const page = readFileSync(fileURLToPath(new URL('../../docs/shadow.md', import.meta.url)), 'utf8');
const [first = '', ...others] = [...page.matchAll(/^ {4}kmm (.+)$/gm)].map((match) => match[1] as string);
const json = readFileSync(fileURLToPath(new URL('../../docs/json.md', import.meta.url)), 'utf8');

const place = { directory: tempDir(afterAll), variables: {} };
// biome-ignore lint/suspicious/noExplicitAny: what a command printed.
let shadow: any;
// biome-ignore lint/suspicious/noExplicitAny: likewise.
let minutes: any[];

beforeAll(async () => {
  const { exit, records } = await jsonHere(place, first.split(' '));
  expect(exit).toBe(0);
  minutes = records.slice(0, -1);
  shadow = records.at(-1);
}, 60_000);

describe('the page about shadow runs', () => {
  it('begins with one that says each minute and at its end how the variants stand', () => {
    expect(minutes.map(({ type, seconds }) => [type, seconds])).toEqual(
      [60, 120, 180].map((seconds) => ['shadow_minute', seconds]),
    );
    expect(shadow).toMatchObject({ type: 'shadow', env: 'sim', by: '--for', lost: 0, gaps: 0 });
    const [base, as] = shadow.variants;
    expect(base).toMatchObject({ name: 'base', settings: [], difference: null, isReconciled: true, failure: null });
    expect(as).toMatchObject({ name: 'as', settings: ['quoter.strategy=as'], isReconciled: true });
    expect(as.difference.verdict).toBe('too_few');
    expect(Number(as.difference.dollars)).toBeCloseTo(Number(as.netDollars) - Number(base.netDollars), 6);
    expect(base.fills).toBeGreaterThan(0);
  });

  it.each(others)('kmm %s', async (command) => {
    const [base, as] = shadow.variants;
    const words = command.replace('BASE', base.runId).replace('OTHER', as.runId).replace('TAPE', shadow.tape);
    const { exit, records } = await jsonHere(place, words.split(' '));
    // Nothing was run on demo here, and that is said.
    if (words.includes('--env demo')) expect(records[0]).toMatchObject({ error: { code: 'KMM_DB_UNREADABLE' } });
    else expect(exit).toBe(0);
    if (words.startsWith('backtest run')) {
      const [result] = records[0]?.results as { runId: string; totals: { net: number; fills: number } }[];
      expect(result?.runId).toBe(base.runId);
      expect((result?.totals.net ?? 0) / 1e6).toBe(Number(base.netDollars));
      expect(result?.totals.fills).toBe(base.fills);
    }
  });

  it('documents every field that it prints', () => {
    const fieldsIn = (value: unknown): string[] =>
      Array.isArray(value)
        ? value.flatMap(fieldsIn)
        : typeof value === 'object' && value !== null
          ? Object.entries(value).flatMap(([key, inner]) => [key, ...fieldsIn(inner)])
          : [];
    for (const record of [minutes[0], shadow]) {
      const { type, schemaVersion: _version, ...fields } = record;
      const cell = json.split('\n').find((line) => line.startsWith(`| \`${type}\` |`)) ?? '';
      const missing = fieldsIn(fields).filter((field) => !new RegExp(`\`${field}(\\[\\])?\``).test(cell));
      expect([type, missing]).toEqual([type, []]);
    }
  });

  it('says in words what it is worth, and how it is found again', async () => {
    const { stdout, stderr, exit } = await kmmHere(place, first.replace('3m', '60s').split(' '));
    expect([exit, stdout, stderr]).toEqual([0, expect.any(String), expect.any(String)]);
    expect(stderr).toMatch(
      /^shadow 1 min: 2 markets, \d+ frames; base [+-]?[\d.]+ \$ \(\d+ fills?, quoted [\d.]+ %\); as /m,
    );
    expect(stdout).toMatch(/^as − base .*: no verdict under 30 events$/m);
    expect(stderr).toMatch(
      /backtest run --data .*\.tape --clock receipt --fill pessimistic --set quoter\.strategy=as$/m,
    );
  });
});

describe('what a shadow run is asked wrongly', () => {
  it.each([
    ['--variant x', /is not NAME=KEY=VALUE/],
    ['--variant base=quoter.strategy=as', /base is the configuration as it is/],
    ['--variant a=quoter.strategy=as --variant a=quoter.strategy=glft', /a is there already/],
    ['--variant a=quoter.strategy=as --variant b=quoter.strategy=as', /b trades just as a does/],
    ['--variant a=markets.tickers=KXBTCD', /a trades just as base does/],
    ['--variant a=quoter.strategy=nonsense', /--variant a: quoter.strategy nonsense/],
    ['--variant a=no.such=1', /--variant a: no.such: unknown key no/],
    [
      '--variant a=quoter.edge_dollars=0.02',
      /unknown key quoter.edge_dollars \(did you mean quoter.cara.edge_dollars\?\)/,
    ],
    ['--variant a=fair.source=forecast:nobody', /names no \[sources.nobody\]/],
    ['--auto 11', /must not pass selection.markets_max = 10/],
    ['--variant a=selection.auto_markets_max=2', /a trades just as base does/],
    ['--seed 3', /--seed with --shadow needs --speed max/],
    ['--latency soon', /it is neither ms nor a file/],
  ])('%s is refused before anything is recorded', async (flags, said) => {
    const before = readdirSync(join(place.directory, 'data', 'sim', 'tape'));
    const { exit, stderr } = await kmmHere(place, ['run', '--shadow', ...flags.split(' ')]);
    expect([exit === 2 || exit === 3, stderr]).toEqual([true, expect.stringMatching(said)]);
    expect(readdirSync(join(place.directory, 'data', 'sim', 'tape'))).toEqual(before);
  });

  it('a tape is taken as it was received alone, and nothing beside it', async () => {
    const run = (...words: string[]) => kmmHere(place, ['backtest', 'run', '--clock', 'receipt', '--data', ...words]);
    expect((await run(shadow.tape, shadow.tape)).stderr).toMatch(/takes one tape as it is: more than one file/);
    expect((await run(shadow.tape, '--prints', 'none')).stderr).toMatch(/--prints goes without it/);
    expect((await run('config.example.toml')).stderr).toMatch(/config.example.toml is none/);
  });
});
