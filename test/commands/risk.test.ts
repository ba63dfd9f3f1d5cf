/** `kmm risk …` as it is typed: to a trader that runs, on an exchange without one, by the journal alone, and where nothing is. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openJournal } from '../../src/lib/adapters/store/journal.ts';
import { StoreProblem } from '../../src/lib/adapters/store/problem.ts';
import { acquireLock } from '../../src/lib/adapters/system/lock.ts';
import { homeOf } from '../../src/lib/app/config/home.ts';
import type { Halt } from '../../src/lib/core/risk/halts.ts';
import { epochMs } from '../../src/lib/core/units.ts';
import { place } from '../support/cli.ts';
import { heldTrader } from '../support/held-trader.ts';
import { jsonHere, kmmHere } from '../support/kmm-here.ts';
import type { Json } from '../support/sim-client.ts';
import { tempDir } from '../support/temp-dir.ts';

const NOW = Date.now();

/** A data directory in which these halts are latched, by ann. */
function halted(...halts: (Pick<Halt, 'name'> & Partial<Halt>)[]) {
  const directory = tempDir();
  const here = { directory, variables: {} };
  const home = homeOf('sim', { KMM_HOME: `${directory}/data` }, directory);
  mkdirSync(home.directory, { recursive: true });
  const journal = openJournal({ path: home.database, env: 'sim', access: 'owner' });
  if (journal instanceof StoreProblem) throw journal;
  const since = epochMs(NOW - 26 * 3_600_000);
  for (const halt of halts) journal.setLatch({ scope: '*', since, reason: 'a test', ...halt }, 'ann');
  const latched = () => journal.latches().map(({ name }) => name);
  return { home, latched, here, kmm: (...words: string[]) => jsonHere(here, words) };
}

const limit = (record: Json, name: string, subject: string | null = null) =>
  record.limits.find((one: Json) => one.limit === name && one.subject === subject);

describe('to a running trader', () => {
  it('shows every limit with what fills it and who set it, weighs an order at the same gate, and stresses what is held', async () => {
    const { session, held, here, kmm } = await heldTrader();
    const market = held();
    if (market === undefined) throw new Error('nothing was filled');
    const { ticker } = market;

    const shown = await kmm('risk', 'show');
    const [record] = shown.records as [Json];
    expect([shown.exit, record]).toMatchObject([0, { type: 'risk_show', source: 'trader', notes: [], group: null }]);
    const total = limit(record, 'total_loss');
    expect(total).toMatchObject({ unit: 'dollars', allowed: '300.000000', configured: null, acts: 'refuse' });
    expect(total.origins).toEqual([{ key: 'risk.loss_total_dollars_max', value: 300, origin: 'preset' }]);
    const { held: heldPart, resting, inFlight, unknown } = total.parts;
    expect([heldPart, resting, inFlight, unknown].map(Number).reduce((a, b) => a + b)).toBeCloseTo(
      Number(total.used),
      6,
    );
    expect(Number(heldPart)).toBeGreaterThan(0);
    expect(limit(record, 'position', ticker)).toMatchObject({ unit: 'contracts', isPassed: false });

    // A flag is the strongest layer, and the trader was started without it: both figures are told.
    const other = { ...here, variables: { ...here.variables, KMM_RISK_LOSS_TOTAL_DOLLARS_MAX: '250' } };
    const configured = await jsonHere(other, ['risk', 'show', 'total_loss']);
    expect(configured.records[0].limits).toMatchObject([
      {
        limit: 'total_loss',
        allowed: '300.000000',
        configured: '250.000000',
        origins: [{ origin: 'KMM_RISK_LOSS_TOTAL_DOLLARS_MAX' }],
      },
    ]);

    const ofMarket = await kmm('risk', 'show', ticker);
    expect(new Set(ofMarket.records[0].limits.map((one: Json) => one.subject))).toEqual(new Set([ticker]));
    const typo = await kmm('risk', 'show', 'KXHIGHNYC');
    expect([typo.exit, typo.records[0].error]).toMatchObject([
      2,
      { message: expect.stringContaining('did you mean KXHIGHNY?') },
    ]);

    const text = await kmmHere(here, ['risk', 'show']);
    expect(text.stdout).toMatch(/^SIM {2}limits as the running trader has them at \d\d:\d\d:\d\d ET/);
    expect(text.stdout).toContain('set by preset: ');
    expect(text.stdout).toMatch(/\nFREEZE [\s\S]*\nKXHIGHNY +60 s +60 s +\d\d:\d\d:\d\d ET KXHIGHNY-/);
    const freeze = record.freezes.find((one: Json) => one.series === 'KXHIGHNY');
    const origin = { key: 'quoting.freeze_seconds', value: 60, origin: 'preset' };
    expect(freeze).toMatchObject({ series: 'KXHIGHNY', beforeSeconds: 60, isOwn: false, frozen: 0, origins: [origin] });
    const own = { ...here, variables: { ...here.variables, KMM_MARKETS_TICKERS: 'KXINXU' } };
    const index = await jsonHere(own, ['risk', 'show', 'KXINXU']);
    expect(index.records[0]).toMatchObject({
      limits: [],
      freezes: [{ series: 'KXINXU', beforeSeconds: 2, isOwn: true, nextAt: null, origins: [{ origin: 'preset' }] }],
    });
    expect(text.stdout.split('\n').every((line) => [...line].length <= 80)).toBe(true);
    const ascii = await kmmHere({ ...here, variables: { ...here.variables, KMM_ASCII: '1' } }, ['risk', 'show']);
    // Every printable sign is ASCII, colour or not.
    expect(ascii.stdout).toMatch(/^[\n\x20-\x7e]*$/);
    expect(ascii.stdout).toMatch(/total_loss +#[#=~?.]{15} /);

    // A price far below the market: nothing is in the way, so the limits alone say how much.
    const check = await kmm('risk', 'check', 'buy', '2', ticker, '@', '2c');
    const [answer] = check.records as [Json];
    expect([check.exit, answer]).toMatchObject([0, { type: 'risk_check', via: 'trader', passes: true, refusal: null }]);
    expect(answer.beyond).toMatchObject({ limit: expect.any(String), origins: [{ origin: 'preset' }] });
    const beyond = await kmm('risk', 'check', `buy ${ticker} 26 2`);
    expect([beyond.exit, beyond.records[0]]).toMatchObject([
      6,
      { passes: false, refusal: { limit: 'order_size' }, roomContracts: answer.roomContracts },
    ]);
    const least = await kmm('risk', 'check', `buy ${answer.roomContracts} ${ticker} @ 2c`);
    expect(least.records[0].passes).toBe(true);
    expect([...session.engine.orders.live()].every(({ origin }) => origin === 'quoter')).toBe(true);

    const stress = await kmm('risk', 'stress', '--shock-cents', '5');
    const [tested] = stress.records as [Json];
    expect(tested).toMatchObject({ type: 'risk_stress', source: 'trader', shockDollars: '0.0500' });
    const worst = tested.scenarios.find((one: Json) => one.scenario === 'worst' && one.eventTicker === null);
    expect(Number(worst.profitDollars)).toBeLessThan(0);
    expect(tested.tails).toMatchObject([
      { level: 0.95, method: 'worst' },
      { level: 0.99, method: 'worst' },
    ]);

    // Chances for the one event: those of all its markets, the last takes what is left.
    const event = session.engine.market(ticker)?.market.eventTicker ?? '';
    const tickers = [...session.engine.markets()].map((state) => state.market.ticker);
    const markets = Object.fromEntries(tickers.map((one) => [one, 1 / 8]));
    const file = join(here.directory, 'chances.json');
    const none = 1 - tickers.length / 8;
    writeFileSync(
      file,
      JSON.stringify({
        schema: 'kmm-pmf/1',
        events: { [event]: { markets, none }, KXOTHER: { markets: {}, none: 1 } },
      }),
    );
    const given = await kmm('risk', 'stress', '--pmf', file);
    expect(given.records[0].tails[0]).toMatchObject({ method: 'pmf', paths: null, withoutPmf: [] });
    expect(given.records[0].notes).toEqual([expect.stringContaining('nothing is at stake in KXOTHER')]);
    writeFileSync(file, JSON.stringify({ schema: 'kmm-pmf/1', events: { [event]: { markets, none: 1 } } }));
    const wrong = await kmm('risk', 'stress', '--pmf', file);
    expect([wrong.exit, wrong.records[0].error.message]).toMatchObject([
      2,
      expect.stringContaining('the chances add up to'),
    ]);

    await kmm('pause', '--yes');
    const [halts] = (await kmm('risk', 'halts')).records as [Json];
    expect(halts.halts).toMatchObject([
      { name: 'PAUSED', scope: '*', clears: 'operator', next: ['kmm resume PAUSED --yes'] },
    ]);
    const closed = await kmm('risk', 'check', `buy 2 ${ticker} @ 2c`);
    expect([closed.exit, closed.records[0]]).toMatchObject([
      6,
      { roomContracts: '0.00', refusal: { word: 'PAUSED', limit: null } },
    ]);
  });
});

describe('without a trader', () => {
  it('reads the exchange and the journal together, and says so', async () => {
    const here = place();
    const at = { directory: here.directory, variables: {} };
    const serving = here.start('sim', 'serve', '--port', '0', '--json');
    const { rest, keyId, privateKeyFile } = await serving.record((record) => record.type === 'listening');
    const on = ['--sim-url', rest, '--key-id', keyId, '--key-file', privateKeyFile];
    const { markets } = (await (await fetch(`${rest}/markets?series_ticker=KXHIGHNY&status=open`)).json()) as Json;
    const { ticker } = markets.find((one: Json) => Number(one.yes_bid_dollars) > 0.1);
    const bought = await jsonHere(at, ['trade', 'buy', ticker, '2', '2', '--tif', 'gtt:600', ...on]);
    expect(bought.exit).toBe(0);
    const { exit, records } = await jsonHere(at, ['risk', 'show', ...on]);
    expect([exit, records[0]]).toMatchObject([0, { source: 'exchange' }]);
    expect(limit(records[0], 'market_loss', ticker)).toMatchObject({
      used: '0.040000',
      parts: { held: '0.000000', resting: '0.040000' },
    });
    const check = await jsonHere(at, ['risk', 'check', `buy 2 ${ticker} @ 1c`, ...on]);
    expect([check.exit, check.records[0]]).toMatchObject([0, { via: 'session', passes: true }]);
    const offline = await jsonHere(at, ['risk', 'show', '--offline', ...on]);
    expect(offline.records[0]).toMatchObject({ source: 'journal' });
    expect(limit(offline.records[0], 'market_loss', ticker)).toMatchObject({
      parts: { resting: expect.stringMatching(/^0\.0[4-6]/) },
    });
    serving.signal('SIGTERM');
    await serving.ended;
  });

  it.each([
    [['risk', 'show'], 2, 'KMM_USAGE', 'nothing has run in sim yet'],
    [['risk', 'stress', '--offline'], 2, 'KMM_USAGE', 'nothing has run in sim yet'],
    [['risk', 'stress', '--shock-cents', 'much'], 2, 'KMM_USAGE', 'no move between 0 and 100 cents'],
    [['risk', 'stress', '--pmf', 'nowhere.json'], 2, 'KMM_USAGE', 'nowhere.json is no file of chances: ENOENT'],
    [['risk', 'check', 'buy', 'KXBTC15M'], 2, 'KMM_USAGE', 'a count and a price are wanted'],
    [['risk', 'check', 'buy', '0', 'KX-1', '@', '45c'], 2, 'KMM_ORDER_SIZE', '0 is no number of contracts'],
    [['risk', 'check', 'buy', '1', 'KX-1', '@', '145c'], 2, 'KMM_USAGE', '145c is no price'],
    [['risk', 'check', 'buy', '1', 'KX-1', 'no', '@', '45c', '--side', 'yes'], 2, 'KMM_USAGE', 'are both said'],
    [['risk', 'check', 'buy', '1', 'KX-1', '@', '45c'], 5, 'KMM_SIM_NOT_RUNNING', 'no embedded exchange runs here'],
    [['risk', 'show', '--env', 'prod', '--offline'], 3, 'KMM_CONFIG_MISSING', ''],
  ] as const)('%j ends with exit %i and says why', async (words, exit, code, message) => {
    const here = { directory: tempDir(), variables: {} };
    const ended = await jsonHere(here, words);
    expect([ended.exit, ended.records[0].error]).toMatchObject([
      exit,
      { code, message: expect.stringContaining(message) },
    ]);
  });

  it('goes on by the journal where a trader is there and deaf, and says so', async () => {
    const { home, kmm } = halted({ name: 'KILLED' });
    const lock = acquireLock(home.lock, { env: 'sim', since: epochMs(NOW) });
    if ('held' in lock) throw new Error('the lock is held');
    lock.update({ control: join(home.directory, 'nobody.sock') });
    const { exit, records, stderr } = await kmm('risk', 'show');
    lock.release();
    expect([exit, records[0]]).toMatchObject([0, { source: 'journal' }]);
    expect(records[0].notes[0]).toMatch(/^process \d+ runs here and does not say how its limits stand: /);
    expect(stderr).toContain('counted by a running trader alone');
    expect(limit(records[0], 'day_loss')).toMatchObject({ used: null, share: null, allowed: '50.000000' });
  });

  it('tells of a database that cannot be read', async () => {
    const directory = tempDir();
    mkdirSync(`${directory}/data/sim`, { recursive: true });
    writeFileSync(
      homeOf('sim', { KMM_HOME: `${directory}/data` }, directory).database,
      'no database at all'.repeat(400),
    );
    const ended = await jsonHere({ directory, variables: {} }, ['risk', 'show']);
    expect([ended.exit, ended.records[0].error.code]).toMatchObject([expect.any(Number), 'KMM_DB_UNREADABLE']);
  });
});

describe('halts', () => {
  it('are listed with who, when, why, how each ends and what to type', async () => {
    const { here, kmm } = halted(
      { name: 'LOSS_DAY', since: epochMs(NOW), reason: 'lost $51 of $50' },
      { name: 'KILLED', reason: 'fat finger' },
      { name: 'DRAWDOWN', scope: '*', reason: '10 % below its peak' },
    );
    const { records } = await kmm('risk', 'halts');
    const byName = new Map(records[0].halts.map((one: Json) => [one.name, one]));
    expect(byName.get('KILLED')).toMatchObject({ by: 'ann', reason: 'fat finger', next: ['kmm resume KILLED --yes'] });
    expect(byName.get('DRAWDOWN')).toMatchObject({ isSevere: true, next: ['kmm resume DRAWDOWN --confirm SUFFIX'] });
    expect(byName.get('LOSS_DAY')).toMatchObject({ notBefore: expect.any(String), next: [] });
    const text = (await kmmHere(here, ['risk', 'halts'])).stdout;
    expect(text).toMatch(
      /▲ KILLED \(\*\) since .* ET by ann: fat finger\n {2}it is cleared with --yes {2}→ kmm resume KILLED --yes/,
    );
    expect(text).toMatch(/LOSS_DAY .*\n {2}not to be cleared before .* 00:00:00 ET\n/);
    expect((await kmmHere(halted().here, ['risk', 'halts'])).stdout).toBe('no halt is on in sim\n');
  });

  it('are cleared one by one, and each takes the end of the key id', async () => {
    const { latched, kmm } = halted({ name: 'KILLED' }, { name: 'LOSS_DAY', since: epochMs(NOW) });
    const unconfirmed = await kmm('risk', 'clear', 'KILLED');
    expect([unconfirmed.exit, unconfirmed.records[0].error.code]).toEqual([2, 'KMM_NOT_CONFIRMED']);
    expect((await kmm('risk', 'clear', 'KILLED', '--yes')).exit).toBe(2);
    expect((await kmm('risk', 'clear', 'KILLED', '--confirm', 'nope')).exit).toBe(2);
    const today = await kmm('risk', 'clear', 'LOSS_DAY', '--confirm', 'sim');
    expect(today.records[0].error.code).toBe('KMM_HALT_STAYS');
    expect(latched()).toEqual(['KILLED', 'LOSS_DAY']);
    const cleared = await kmm('risk', 'clear', 'KILLED', '--confirm', 'sim');
    expect([cleared.exit, cleared.records[0]]).toMatchObject([
      0,
      { type: 'risk_clear', cleared: [{ name: 'KILLED' }] },
    ]);
    expect(latched()).toEqual(['LOSS_DAY']);
    const unknown = await kmm('risk', 'clear', 'KILED', '--confirm', 'sim');
    expect(unknown.records[0].error.message).toContain('no halt KILED is on in sim');
  });
});
