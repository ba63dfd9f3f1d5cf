/** What a sweep is described with: the example of the page, what is refused and at which line, and the settings it makes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { backtestTasks } from '../../../src/lib/app/sweep/backtest-task.ts';
import { settingsOf } from '../../../src/lib/app/sweep/expand.ts';
import { JOBS_MAX, planOf } from '../../../src/lib/app/sweep/plan.ts';
import { readSpec, type Spec } from '../../../src/lib/app/sweep/read-spec.ts';
import { SMALL_SPEC, writeSpec } from '../../support/sweep-bench.ts';
import { tempDir } from '../../support/temp-dir.ts';

function specOf(text: string): Spec {
  return readSpec(writeSpec(tempDir(), text));
}
const valuesIn = (text: string, key: string) => settingsOf(specOf(text)).map(({ parameters }) => parameters[key]);
const HEAD = 'schema = "kmm-sweep/1"\nname = "x"\ndata = ["a.ndjson"]\n';

describe('a spec is refused with line, column and reason when', () => {
  const table: readonly (readonly [what: string, text: string, said: string])[] = [
    ['it is no TOML', 'schema = "kmm-sweep/1\n', ':1:'],
    ['it is of another schema', 'schema = "kmm/1"', ':1:1: schema = "kmm/1" must be "kmm-sweep/1"'],
    [
      'it names no data',
      'schema = "kmm-sweep/1"\nname = "x"\ndata = []\nstrategy = "as"',
      ':3:1: data = [] must name at least one',
    ],
    [
      'a key is unknown',
      `${HEAD}strategy = "as"\nobjectiv = "net"`,
      ':5:1: unknown key objectiv (did you mean objective?)',
    ],
    [
      'a key of a table is unknown',
      `${HEAD}strategy = "as"\n[walk_forward]\nfolds = 3\nfold = 2`,
      ':7:1: unknown key walk_forward.fold (did you mean folds?)',
    ],
    [
      'a swept key is unknown',
      `${HEAD}strategy = "as"\n[parameters]\nquoting.lease_second = [1]`,
      ':6:1: unknown key quoting.lease_second (did you mean quoting.lease_seconds?)',
    ],
    ['a strategy is unknown', `${HEAD}strategy = ["as", "az"]`, ':4:1: strategy'],
    [
      'it sweeps the strategy as a parameter',
      `${HEAD}strategy = "as"\n[parameters]\nquoter.strategy = ["as"]`,
      ":6:1: quoter.strategy is the sweep's own key strategy",
    ],
    [
      'a range is upside down',
      `${HEAD}strategy = "as"\n[parameters]\n"quoting.lease_seconds" = { from = 90, to = 30, steps = 3 }`,
      ':6:1: quoting.lease_seconds: from = 90 must be less than to = 30',
    ],
    [
      'a range has an unknown key',
      `${HEAD}strategy = "as"\n[parameters]\nquoting.lease_seconds = { from = 30, to = 90, step = 3 }`,
      ':6:1: quoting.lease_seconds: unknown key step (did you mean steps?)',
    ],
    [
      'a log range begins at zero',
      `${HEAD}strategy = "as"\n[parameters]\nquoting.lease_seconds = { from = 0, to = 90, steps = 3, scale = "log" }`,
      'must begin above 0',
    ],
    [
      'a range in a grid has no steps',
      `${HEAD}strategy = "as"\n[parameters]\nquoting.lease_seconds = { from = 30, to = 90 }`,
      ':6:1: quoting.lease_seconds: a range in a grid needs steps',
    ],
    [
      'a list is empty',
      `${HEAD}strategy = "as"\n[parameters]\nquoting.lease_seconds = []`,
      ':6:1: quoting.lease_seconds must be a value',
    ],
    [
      'a value is out of the range of its key',
      `${HEAD}strategy = "as"\n[parameters]\nquoting.lease_seconds = [60, 6000]`,
      ':6:1: quoting.lease_seconds 6000: must be 10 to 600 seconds',
    ],
    [
      'a value has too many decimals',
      `${HEAD}strategy = "as"\n[parameters]\nquoting.hysteresis_cents = { from = 1, to = 2, steps = 4 }`,
      ':6:1: quoting.hysteresis_cents 1.33333: must be 0 to 20 cents, at most 2 decimals',
    ],
    [
      'two values do not fit together',
      `${HEAD}strategy = "as"\n[parameters]\nquoting.order_size_contracts = [26]`,
      ':6:1: quoting.order_size_contracts 26: must not pass risk.order_size_contracts_max',
    ],
    ['a latency is none', `${HEAD}strategy = "as"\nlatency = "5,6"`, ':5:1: --latency 5,6'],
    ['a latency is negative', `${HEAD}strategy = "as"\nlatency = -5`, ':5:1: latency = -5 must be milliseconds'],
    ['a search is neither', `${HEAD}strategy = "as"\nsearch = { kind = "gird" }`, ':5:1: search'],
    [
      'a search lacks its seed',
      `${HEAD}strategy = "as"\nsearch = { kind = "random", points = 3 }`,
      ':5:1: search.seed is missing: it must be a whole number of a seed',
    ],
  ];
  test.each(table)('%s', async (_, text, said) => {
    const folder = tempDir();
    writeSpec(folder);
    const file = join(folder, 'bad.toml');
    writeFileSync(file, text);
    const made = (async () => planOf(readSpec(file), 'code', backtestTasks({ environment: 'sim' })))();
    await expect(made).rejects.toMatchObject({ code: 'KMM_SWEEP_SPEC', what: expect.stringContaining(said) });
    await expect(made).rejects.toMatchObject({ what: expect.stringContaining(`${file}:`) });
  });

  test('it is not there', () => {
    expect(() => readSpec('/nowhere/x.toml')).toThrow(expect.objectContaining({ code: 'KMM_SWEEP_SPEC' }));
  });

  test('a pattern matches no recording', () => {
    const made = () => specOf(`${HEAD.replace('a.ndjson', 'z*.ndjson')}strategy = "as"`);
    expect(made).toThrow(
      expect.objectContaining({ code: 'KMM_SWEEP_DATA', what: expect.stringContaining('z*.ndjson') }),
    );
  });

  test('it makes more jobs than anyone wants', async () => {
    const steps = '{ from = 20, to = 500, steps = 300 }';
    const many = `${HEAD}strategy = "as"\nseeds = [${Array.from({ length: 40 }, (_, seed) => seed)}]\n[parameters]\nquoting.lease_seconds = ${steps}\nquoting.clean_seconds = ${steps}`;
    await expect(planOf(specOf(many), 'code', () => ({}))).rejects.toMatchObject({
      what: expect.stringContaining(`are 3600000 jobs, and ${JOBS_MAX} are the most`),
    });
    expect(() => settingsOf(specOf(`${many}\nquoting.freeze_seconds = ${steps}`))).toThrow(/27000000 settings/);
  });
});

describe('the settings of a spec', () => {
  const key = 'quoting.lease_seconds';
  const swept = (value: string, more = '') => `${HEAD}strategy = "as"\n${more}\n[parameters]\n${key} = ${value}`;

  test('are every combination of a grid, in the order of the spec', () => {
    const text = `${swept('[20, 30]')}\nquoting.freeze_seconds = [1, 2]`;
    const pairs = settingsOf(specOf(text)).map(({ parameters }) => Object.values(parameters).join());
    expect(pairs).toEqual(['20,1', '20,2', '30,1', '30,2']);
  });

  test('of a range have both its ends, evenly between them or evenly by factor', () => {
    expect(valuesIn(swept('{ from = 10, to = 40, steps = 4 }'), key)).toEqual([10, 20, 30, 40]);
    expect(valuesIn(swept('{ from = 10, to = 80, steps = 4, scale = "log" }'), key)).toEqual([10, 20, 40, 80]);
    expect(valuesIn(swept('{ from = 0.1, to = 0.3, steps = 3 }'), key)).toEqual([0.1, 0.2, 0.3]);
    expect(valuesIn(swept('{ from = 1, to = 2, steps = 4, decimals = 1 }'), key)).toEqual([1, 1.3, 1.7, 2]);
  });

  test('are the same whether a key is written with dots, in quotes or in a table of its own', () => {
    const tables = `${HEAD}strategy = "as"\n[parameters.quoting]\nlease_seconds = [20, 30]`;
    expect(valuesIn(tables, key)).toEqual([20, 30]);
    expect(valuesIn(swept('[20, 30]').replace(key, `"${key}"`), key)).toEqual([20, 30]);
  });

  test('are drawn at random from a seed: the same again, others with another, all within the range', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.constantFrom('linear', 'log'), (seed, scale) => {
        const text = (n: number) =>
          swept(`{ from = 20, to = 500, scale = "${scale}" }`, `search = { kind = "random", points = 8, seed = ${n} }`);
        const drawn = valuesIn(text(seed), key);
        expect(drawn).toHaveLength(8);
        expect(valuesIn(text(seed), key)).toEqual(drawn);
        expect(valuesIn(text(seed + 1), key)).not.toEqual(drawn);
        for (const value of drawn) expect(value).toSatisfy((one: number) => one >= 20 && one <= 500);
      }),
      { numRuns: 20 },
    );
  });

  test('drawn from a few values are no more than there are', () => {
    const few = swept('[20, 30]', 'search = { kind = "random", points = 8, seed = 1 }');
    expect(valuesIn(few, key).sort()).toEqual([20, 30]);
  });

  test('differ in nothing that their strategy does not heed', () => {
    const text = `${HEAD}strategy = ["as", "cara"]\n[parameters]\nquoter.cara.gamma_per_dollar = [0.01, 0.02]\nquoter.cara.adverse_dollars = [0.003, 0.004]`;
    const settings = settingsOf(specOf(text));
    expect(settings.filter(({ strategy }) => strategy === 'as')).toHaveLength(2);
    expect(settings.filter(({ strategy }) => strategy === 'cara')).toHaveLength(4);
  });
});

describe('the id of a job', () => {
  const idsOf = async (text: string, code = 'code') => {
    const { jobs } = await planOf(specOf(text), code, backtestTasks({ environment: 'sim' }));
    return jobs.map(({ job }) => job.id);
  };

  test('is the same for the same code, configuration, data and seed, wherever the files lie', async () => {
    expect(await idsOf(SMALL_SPEC)).toEqual(await idsOf(SMALL_SPEC));
  });

  test('is another when any of them is another', async () => {
    const base = await idsOf(SMALL_SPEC);
    const others = [
      await idsOf(SMALL_SPEC, 'other'),
      await idsOf(SMALL_SPEC.replace('b.ndjson', 'c.ndjson').replace('a.ndjson', 'b.ndjson')),
      await idsOf(`seeds = [2]\n${SMALL_SPEC}`),
      await idsOf(`fill = "optimistic"\n${SMALL_SPEC}`),
      await idsOf(`latency = 7\n${SMALL_SPEC}`),
      await idsOf(SMALL_SPEC.replace('"cara"', '"as"')),
    ];
    for (const ids of others) expect(ids[0]).not.toBe(base[0]);
    const all = [...base, ...others.flat()];
    // Of the second one, the recording b is there in the first as well.
    expect(new Set(all).size).toBe(all.length - 6);
  });
});
