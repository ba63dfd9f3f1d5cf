import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compose } from '../support/composed-account.ts';
import { composedLatency, composedModel, composedQuoterModel } from '../support/composed-model.ts';
import { composedRecording, RECORDED_TICKER } from '../support/composed-recording.ts';
import { type Here, jsonHere, kmmHere } from '../support/kmm-here.ts';
import { tempDir } from '../support/temp-dir.ts';

const FIT = ['model', 'fit', 'fills', '--data', 'day.jsonl', '--market', RECORDED_TICKER];
let here: Here;

beforeAll(() => {
  here = { directory: tempDir(afterAll), variables: {} };
  writeFileSync(join(here.directory, 'day.jsonl'), `${composedRecording().join('\n')}\n`);
});

function keep(kind: string, name: string, file: string, content: object): void {
  const folder = join(here.directory, 'data', 'sim', 'calib', kind, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), JSON.stringify(content));
}

describe('kmm model', () => {
  it('lists nothing where nothing was fitted, and says what would', async () => {
    const { exit, stdout, stderr } = await kmmHere(here, ['model', 'list']);
    expect([exit, stdout]).toEqual([0, '']);
    expect(stderr).toContain('kmm model fit fills');
  });

  it('says how far each model is believed, since when and on how much, with files and without', async () => {
    const told = { directory: tempDir(), variables: {} };
    const folder = join(told.directory, 'data', 'sim');
    const close = (n: number) => Date.UTC(2026, 10, 29, 15) - (40 - n) * 900_000;
    const markets = ['KXA', 'KXB', 'KXC'].flatMap((series) =>
      Array.from({ length: series === 'KXC' ? 12 : 40 }, (_, n) => ({ series, n, ticker: `${series}-${n}` })),
    );
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    compose(join(folder, 'kmm.db'), {
      // In virtual time: what is old is so by the session's clock.
      sessions: [{ session: 1, started_at: close(0), ended_at: close(41), rest_url: 'virtual' }],
      estimated_markets: markets.map(({ series, n, ticker }) => ({
        ...{ ticker, event_ticker: ticker, series_ticker: series, close_at: close(n), settled_at: close(n) + 60_000 },
        ...(series === 'KXA' || n % 2 === 0 ? { result: 'no', value: 0 } : { result: 'yes', value: 10_000 }),
      })),
      estimates: markets.flatMap(({ n, ticker }) =>
        [60, 30].map((horizon_s) => ({ ticker, horizon_s, at: close(n) - horizon_s * 1_000, probability: 0.5 })),
      ),
    });
    const { records } = await jsonHere(told, ['model', 'list']);
    expect(records).toMatchObject([
      {
        ...{ type: 'models', models: [] },
        standings: [
          { model: 'micro', series: 'KXA', verdict: 'benched', events: 40, decisions: 80, fills: 0, drift: 'down' },
          {
            model: 'micro',
            series: 'KXB',
            verdict: 'believed',
            since: new Date(close(29)).toISOString(),
            benched: null,
          },
          { model: 'micro', series: 'KXC', verdict: 'untold', since: null, events: 12, decisions: 24, bins: [] },
        ],
      },
    ]);
    const { stdout } = await kmmHere(told, ['model', 'list', '--utc']);
    expect(stdout).toMatch(/^MODEL +SERIES +STANDING +SINCE +EVENTS +DECISIONS *$/m);
    expect(stdout).toMatch(/^micro +KXB +believed +2026-11-29 12:15:00 UTC +40 +80 *$/m);
    expect(stdout).toMatch(/^micro +KXC +no verdict yet +— +12 +24 *$/m);
    const sheet = await kmmHere(told, ['model', 'show', 'micro']);
    expect([sheet.exit, sheet.stdout.split('\n')[0]]).toEqual([
      0,
      expect.stringMatching(/^micro in KXA: benched since .* ET \(40 events, 80 decisions, 0 fills\)$/),
    ]);
    expect(sheet.stdout).toContain('\n  it has begun to drift: less comes true than it says (40 events)\n');
    const one = await jsonHere(told, ['model', 'show', 'KXB']);
    expect(one.records).toMatchObject([{ type: 'model', path: null, model: null, standings: [{ series: 'KXB' }] }]);
    expect((await kmmHere(told, ['model', 'show', 'KXD'])).stderr).toContain('KMM_MODEL_FILE');
  });

  it('fits, keeps the model in the data directory, and shows it again', async () => {
    const { exit, records } = await jsonHere(here, FIT);
    expect(exit).toBe(0);
    const [{ type, path, model }] = records as [{ type: string; path: string; model: object }];
    expect(type).toBe('model_fit');
    expect(path).toMatch(/data\/sim\/calib\/fills\/KXBTC15M\/\d{8}T\d{6}Z\.json$/);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(model);
    const shown = await jsonHere(here, ['model', 'show', 'KXBTC15M']);
    expect(shown.records[0]).toMatchObject({ type: 'model', kind: 'fills', isOld: false, model });
    const { stdout } = await kmmHere(here, ['model', 'show', 'KXBTC15M']);
    expect(stdout).toContain('fill model of KXBTC15M');
    expect(stdout).toContain('one market alone');
  });

  it('fits no quoter on a market whose mid only bounced, and refuses a limit that is none', async () => {
    const line = ['model', 'fit', 'quoter', '--data', 'day.jsonl', '--market', RECORDED_TICKER];
    const { exit, stderr } = await kmmHere(here, line);
    expect([exit, stderr]).toEqual([2, expect.stringContaining('only the bounce was seen')]);
    const wrong = await kmmHere(here, [...line, '--limit', '-1']);
    expect([wrong.exit, wrong.stderr]).toEqual([2, expect.stringContaining('KMM_USAGE')]);
  });

  it('shows a quoter that was fitted: what was measured, what was chosen, and the lines of a config', async () => {
    writeFileSync(join(here.directory, 'quoter.json'), JSON.stringify(composedQuoterModel()));
    const { stdout } = await kmmHere(here, ['model', 'show', 'quoter.json']);
    expect(stdout).toMatch(/A +2536 ± 878 fills an hour/);
    expect(stdout).toMatch(/gamma +chosen so that 20 contracts held move the reservation price by 1\/k/);
    expect(stdout).toContain('[quoter.glft]\ngamma_per_cent = 0.0006\nk_per_cent = 1.084\nfills_per_hour = 2536\n');
    writeFileSync(join(here.directory, 'broken.json'), JSON.stringify({ ...composedQuoterModel(), hours: -1 }));
    const { exit, stderr } = await kmmHere(here, ['model', 'show', 'broken.json']);
    expect([exit, stderr]).toEqual([2, expect.stringContaining('KMM_MODEL_FILE')]);
  });

  it('writes where it is told to, and nowhere else', async () => {
    const { exit, stdout } = await kmmHere(here, [...FIT, '--out', 'own.json']);
    expect(exit).toBe(0);
    expect(stdout).toContain('kept in own.json');
    expect((await kmmHere(here, [...FIT, '--out', 'nowhere/own.json'])).stderr).toContain('KMM_OUT');
  });

  it('warns of a model that is old, and lists one that cannot be read with its reason', async () => {
    keep(
      'fills',
      'KXGOLD15M',
      '20260801T000000Z.json',
      composedModel({ series: ['KXGOLD15M'], fittedAt: '2026-08-01T00:00:00.000Z' }),
    );
    keep('fills', 'KXINX', '20260801T000000Z.json', { schema: 'kmm-fill-model/9' });
    keep('latency', 'orders', '20260801T000000Z.json', composedLatency());
    const { records } = await jsonHere(here, ['model', 'list']);
    const models = (
      records[0] as { models: { name: string; isOld: boolean | null; problem: { code: string } | null }[] }
    ).models;
    expect(models.map(({ name, isOld, problem }) => [name, isOld, problem?.code ?? null])).toEqual([
      ['KXBTC15M', false, null],
      ['KXGOLD15M', true, null],
      ['KXINX', null, 'KMM_MODEL_NEWER'],
      ['orders', expect.any(Boolean), null],
    ]);
    const shown = await kmmHere(here, ['model', 'show', 'KXGOLD15M']);
    expect(shown.stderr).toContain('older than seven days');
    expect((await kmmHere(here, ['model', 'show', 'KXINX'])).stderr).toContain('KMM_MODEL_NEWER');
    expect((await kmmHere(here, ['model', 'show', 'KXNONE'])).stderr).toContain('KMM_MODEL_FILE');
  });

  it('shows every part of a model, and no line is wider than the terminal', async () => {
    writeFileSync(join(here.directory, 'whole.json'), JSON.stringify(composedModel()));
    const { stdout } = await kmmHere(here, ['model', 'show', 'whole.json']);
    for (const head of [
      'WHOSE SIZE IS CANCELLED',
      'ODDS OF A FILL',
      'WHAT A FILL COSTS',
      'HOW OFTEN TAKERS',
      'HOW LONG A BEST QUOTE',
      'IS THE QUOTE STILL THERE',
    ]) {
      expect(stdout).toContain(head);
    }
    expect(stdout.split('\n').filter((line) => line.length > 120)).toEqual([]);
  });

  it('takes calibrated fills of a backtest from the model that is named, and refuses one that is old or of another series', async () => {
    writeFileSync(join(here.directory, 'gold.json'), JSON.stringify(composedModel({ series: ['KXGOLD15M'] })));
    const run = [
      'backtest',
      'run',
      '--data',
      'day.jsonl',
      '--market',
      RECORDED_TICKER,
      '--fill',
      'calibrated',
      '--out',
      'kept',
    ];
    const whole = [...run, '--fill-model', 'whole.json'];
    const { records } = await jsonHere(here, [...whole, '--model-days-max', '36500']);
    const [{ results }] = records as [{ results: { fill: object }[] }];
    expect(results[0]?.fill).toMatchObject({
      cancels: { kind: 'share', ahead: 0.04 },
      source: expect.stringContaining('whole.json'),
    });
    const old = await kmmHere(here, whole);
    expect([old.exit, old.stderr]).toEqual([2, expect.stringContaining('KMM_MODEL_OLD')]);
    expect((await kmmHere(here, [...run, '--fill-model', 'gold.json'])).stderr).toContain('KMM_MODEL_SERIES');
  });

  it('refuses orders that cannot be read, with the line', async () => {
    writeFileSync(join(here.directory, 'orders.csv'), 'ts_utc,leg\n');
    const { exit, stderr } = await kmmHere(here, ['model', 'fit', 'latency', '--data', 'orders.csv']);
    expect(exit).toBe(2);
    expect(stderr).toContain('KMM_MODEL_DATA  orders.csv:1');
  });
});
