/** The probe against a served embedded exchange, whose own listing judges what it left behind. */
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type MischiefPlan, readPlan } from '../../../src/lib/adapters/sim-server/mischief-plan.ts';
import { openJournal } from '../../../src/lib/adapters/store/journal.ts';
import { StoreProblem } from '../../../src/lib/adapters/store/problem.ts';
import { type Configuration, loadConfiguration } from '../../../src/lib/app/config/config.ts';
import { linkOf } from '../../../src/lib/app/exchange/exchange-link.ts';
import { likenessIn, saveProbe } from '../../../src/lib/app/probe/probe-file.ts';
import type { ProbeAnswer, ProbeReport } from '../../../src/lib/app/probe/probe-report.ts';
import { assertProbeable, type ProbeOptions, runProbe, verdictOfProbe } from '../../../src/lib/app/probe/run-probe.ts';
import { takeLock } from '../../../src/lib/app/run/take-lock.ts';
import { likeOf } from '../../../src/lib/app/sim/sim-likeness.ts';
import { SIM_CASH } from '../../../src/lib/app/sim/sim-world.ts';
import { type Centicents, centicents, centicontracts, epochMs } from '../../../src/lib/core/units.ts';
import type { ExchangeRules } from '../../../src/lib/sim/exchange/state.ts';
import { generatedWorld } from '../../../src/lib/sim/world.ts';
import { privateFile, refusal } from '../../support/keys.ts';
import { type Json, keyPair, restClient, serve, WORLD_STARTS_AT } from '../../support/sim-client.ts';
import { tempDir } from '../../support/temp-dir.ts';

const SPEED = 10;

async function scene(rules: Partial<ExchangeRules> = {}, mischief?: MischiefPlan) {
  const key = keyPair('ed25519', 'probe-key', 'carol');
  const world = generatedWorld({ seed: 'a probe', startAt: epochMs(WORLD_STARTS_AT - 60_000), rules });
  world.advanceTo(WORLD_STARTS_AT);
  world.drain();
  for (const account of ['carol', 'dave']) world.openAccount(account, SIM_CASH);
  const { server } = await serve([key], { world, speed: SPEED, ...(mischief !== undefined && { mischief }) });
  const directory = tempDir();
  const file = privateFile(
    join(directory, 'key.pem'),
    key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  );
  const variables = { KMM_HOME: directory };
  const flags = [
    { flag: '--sim-url', key: 'sim.url', value: server.restUrl.replace('/trade-api/v2', '') },
    { flag: '--key-id', key: 'sim.key_id', value: key.keyId },
    { flag: '--key-file', key: 'sim.key_file', value: file },
  ];
  const host = { directory, variables, userHome: directory, systemFile: '/nowhere' };
  const configuration = loadConfiguration({ environment: 'sim', flags, host });
  const call = restClient(server, key);
  const orders = async (): Promise<Json[]> => (await call('GET', '/portfolio/orders?limit=1000')).json.orders;
  const pause = () => world.control({ action: 'pause', scope: 'trading' });
  const buyAway = (ticker: string, price: Centicents) =>
    world.create('dave', {
      ...{ ticker, side: 'bid', price, size: centicontracts(1_000_000) },
      ...{ timeInForce: 'immediate_or_cancel', selfTradePrevention: 'taker_at_cross' },
    });
  return { configuration, call, orders, key, pause, buyAway };
}

function probe(configuration: Configuration, options: Partial<ProbeOptions> = {}): Promise<ProbeReport> {
  const quiet = { onMarket: () => {}, onCheck: () => {}, onAnswer: () => {} };
  const stop = new AbortController().signal;
  return runProbe(configuration, linkOf(configuration), {
    isSweepWanted: false,
    patienceMs: 2_000,
    stop,
    ...quiet,
    ...options,
  });
}

function answerOf(report: ProbeReport, id: string): Extract<ProbeAnswer, { isAnswered: true }> {
  const found = report.answers.find((answer) => answer.id === id);
  if (found?.isAnswered !== true) throw new Error(`${id} is not answered: ${JSON.stringify(found)}`);
  return found;
}

describe('a probe', { timeout: 60_000 }, () => {
  it('sees its contract in every channel, answers what can be, and leaves nothing', async () => {
    const { configuration, orders, key } = await scene();
    const report = await probe(configuration);
    expect(report.roundTrip.filter(({ isConfirmed }) => !isConfirmed)).toEqual([]);
    expect(report.roundTrip.map(({ step, channel }) => `${step} ${channel}`)).toEqual(
      expect.arrayContaining(['placed orderbook_delta', 'placed user_orders', 'cancelled listing', 'amended order']),
    );
    expect(verdictOfProbe(report)).toBeUndefined();
    const unheard = report.roundTrip.map((one) => ({ ...one, isConfirmed: one.channel !== 'user_orders' }));
    const verdict = verdictOfProbe({ ...report, roundTrip: unheard });
    expect([verdict?.code, verdict?.exit, verdict?.what]).toEqual([
      'KMM_PROBE_FAILED',
      10,
      expect.stringContaining('placed: user_orders'),
    ]);
    expect(report.answers.map(({ id }) => id)).toEqual(['V1', 'V2', 'V3', 'V6', 'V7', 'V4', 'V5', 'V9', 'V10', 'V8']);
    expect(answerOf(report, 'V1').facts).toMatchObject({
      isAccepted: true,
      isExpiryMoved: true,
      isPlaceKept: true,
      cost: 10,
    });
    expect(answerOf(report, 'V2').facts).toMatchObject({ whileOpen: 409, afterCancel: 409, namesOrder: false });
    expect(answerOf(report, 'V3').facts).toMatchObject({
      past: { status: 400 },
      near: { status: 201, reason: 'ExpiryCancel' },
    });
    expect(answerOf(report, 'V4').facts).toMatchObject({
      staleAcceptedMs: 10_000,
      staleRefusedMs: 20_000,
      hasSendingStamps: true,
    });
    expect(answerOf(report, 'V5').facts).toMatchObject({ cancelsOrders: true, refusesCreates: true, takesAgain: true });
    expect(answerOf(report, 'V6').facts).toMatchObject({ postOnlyCross: 'refuse', status: 400 });
    expect(answerOf(report, 'V7').facts).toMatchObject({ cancelled: 404, expired: 404, 'never there': 404 });
    expect(answerOf(report, 'V8').facts).toMatchObject({
      tier: 'advanced',
      outlivesStream: true,
      isBatchCancelled: true,
    });
    expect(report.answers.filter(({ isAnswered }) => !isAnswered).map(({ id }) => id)).toEqual(['V9', 'V10']);
    const theirs = await orders();
    expect(theirs.filter(({ status }) => status === 'resting')).toEqual([]);
    expect(theirs.every(({ initial_count_fp }) => Number(initial_count_fp) <= 1)).toBe(true);
    const text = JSON.stringify(report);
    expect([key.keyId, 'kmm-', ...theirs.map(({ order_id }) => order_id)].filter((id) => text.includes(id))).toEqual(
      [],
    );

    const file = saveProbe(configuration.home, report);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(likenessIn(file)).toMatchObject({ postOnlyCross: 'refuse', staleMsMax: 10_000, stampsFrames: true });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ schema: 'kmm-probe/1', env: 'sim' });
    const journal = openJournal({ path: configuration.home.database, env: 'sim', access: 'guest' });
    if (journal instanceof StoreProblem) throw new Error(journal.message);
    expect(journal.openOrders(epochMs(0))).toEqual([]);
    journal.close();
  });

  it('tells an exchange that accepts and then cancels what crosses, and reads that lag', async () => {
    const lag = readPlan({ rules: [{ fault: 'read_lag', path: '/portfolio/orders', lag_ms: 2_000 }] });
    if (lag.kind === 'refused') throw new Error(lag.problem);
    const { configuration, orders, buyAway } = await scene({ postOnlyCross: 'cancel' }, lag.plan);
    // The first offer is taken by somebody else while the operator reads the question: the next one is asked for.
    const questions: string[] = [];
    const take = async (question: string) => {
      const [, ticker = '', dollars = ''] = /of (\S+) at \$(\S+)/.exec(question) ?? [];
      if (questions.push(question) === 1) buyAway(ticker, centicents(Math.round(Number(dollars) * 10_000)));
    };
    const report = await probe(configuration, { take, isSweepWanted: true });
    expect(questions.length).toBeGreaterThan(1);
    expect(answerOf(report, 'V6').facts).toMatchObject({ postOnlyCross: 'cancel', reason: 'PostOnlyCrossCancel' });
    expect(answerOf(report, 'V9').facts).toMatchObject({ fills: expect.any(Number) });
    const { readLagMs } = answerOf(report, 'V4').facts as Json;
    expect(readLagMs.placedInList).toBeGreaterThan(100);
    expect(report.answers.at(-1)).toMatchObject({ id: 'V5', isAnswered: true, facts: { isSweepAllowed: true } });
    expect([report.isGone, report.resting, (await orders()).filter(({ status }) => status === 'resting')]).toEqual([
      true,
      0,
      [],
    ]);
    const file = saveProbe(configuration.home, report);
    expect(likeOf(file, undefined)).toMatchObject({
      rules: { postOnlyCross: 'cancel' },
      mischief: { rules: [{ fault: 'read_lag', path: '/portfolio' }] },
    });
  });

  it('that is interrupted cancels, verifies, and says what it has not asked', async () => {
    const { configuration, orders } = await scene();
    const stop = new AbortController();
    const report = await probe(configuration, { stop: stop.signal, onMarket: () => stop.abort() });
    expect(report).toMatchObject({ isCutShort: true, isGone: true, resting: 0, answers: [] });
    expect(verdictOfProbe(report)).toBeUndefined();
    const theirs = await orders();
    expect(theirs.map(({ status }) => status)).toEqual(['canceled']);
  });
});

describe('a probe is refused, and sends nothing,', () => {
  it.each([
    ['of a market that is not there', 'KXHIGHNX-26SEP21-T50', 'KMM_TICKER_UNKNOWN', 2],
    ['of a market that closes too soon', 'soon', 'KMM_TICKER_CLOSED', 2],
  ])('%s', async (_what, name, code, exit) => {
    const { configuration, call, orders } = await scene();
    const soon = (await call('GET', '/markets?series_ticker=KXBTC15M&status=open')).json.markets[0].ticker;
    const error = await refusal(() => probe(configuration, { ticker: name === 'soon' ? soon : name }));
    expect([error.code, error.exit, await orders()]).toEqual([code, exit, []]);
  });

  it('on a shard that is paused', async () => {
    const { configuration, call, orders, pause } = await scene();
    const { ticker } = (await call('GET', '/markets?series_ticker=KXHIGHNY&status=open')).json.markets[0];
    pause();
    const error = await refusal(() => probe(configuration, { ticker }));
    expect([error.code, error.exit, await orders()]).toEqual(['KMM_EXCHANGE_PAUSED', 5, []]);
  });

  it('while a trader runs', async () => {
    const { configuration, orders } = await scene();
    const lock = takeLock(configuration.home);
    const error = await refusal(() => probe(configuration));
    lock.release();
    expect([error.code, error.exit, await orders()]).toEqual(['KMM_LOCKED', 8, []]);
  });

  it('in production, before anything is opened', async () => {
    expect(await refusal(() => assertProbeable('prod'))).toMatchObject({ code: 'KMM_USAGE', exit: 2 });
  });

  it('with a file that is no probe', async () => {
    const file = join(tempDir(), 'x.json');
    for (const text of ['{', '{}', '{"schema":"kmm-probe/2","answers":[]}']) {
      writeFileSync(file, text);
      expect((await refusal(() => likenessIn(file))).code).toBe('KMM_PROBE_FILE');
    }
    expect((await refusal(() => likenessIn('/nowhere/x.json'))).code).toBe('KMM_PROBE_FILE');
  });
});
