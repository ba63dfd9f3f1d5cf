/** The metrics of a session, scraped while it trades in virtual time. */
import { describe, expect, it } from 'vitest';
import { MarkoutMeans } from '../../../src/lib/app/metrics/markout-means.ts';
import { METRICS, type MetricName } from '../../../src/lib/app/metrics/names.ts';
import { centicents, centicontracts, epochMs, microdollars } from '../../../src/lib/core/units.ts';
import { censusOf } from '../../support/census.ts';
import { Scene } from '../../support/virtual-session.ts';
import { type Family, parseExposition } from '../metrics/parse-exposition.ts';

const of = (families: ReadonlyMap<string, Family>, name: MetricName) => families.get(name)?.samples ?? [];
const sum = (samples: Family['samples']) => samples.reduce((total, { value }) => total + value, 0);

describe('a session that trades', () => {
  it('tells every metric that it can know, as the screen and the exchange have it', async () => {
    const scene = new Scene('KXBTC15M');
    const { session } = await scene.open();
    const before = parseExposition(session.metrics.text());
    expect(before.has('kmm_quote_uptime_ratio')).toBe(false);
    await scene.run(90);
    // The cash is compared when nothing of ours filled while it was being stated.
    for (let tries = 0; tries < 20 && !session.metrics.text().includes('kmm_reconcile_difference'); tries += 1) {
      await scene.run(30);
    }
    const families = parseExposition(session.metrics.text());
    const view = session.view(undefined);

    for (const [name, { kind, help, samples }] of families) {
      const metric = METRICS[name as MetricName];
      expect([name, kind, help]).toEqual([name, metric?.kind, metric?.help]);
      for (const { labels } of samples) {
        expect([name, ...Object.keys(labels).filter((label) => label !== 'le')]).toEqual([name, ...metric.labels]);
      }
    }
    const missing = Object.keys(METRICS).filter((name) => !families.has(name));
    expect(missing).toEqual([
      ...['kmm_up', 'kmm_build_info', 'kmm_restarts_total', 'kmm_heartbeat_timestamp_seconds'],
      ...['kmm_armed', 'kmm_halt', 'kmm_model_age_seconds', 'kmm_brier'],
      ...['kmm_clock_offset_seconds', 'kmm_loop_lag_seconds'],
    ]);

    expect(sum(of(families, 'kmm_fills_total'))).toBe(view.fills);
    expect(view.fills).toBeGreaterThan(0);
    const { placed, cancelled, amended } = session.counters.counts;
    const orders = (action: string, outcome: string) =>
      sum(
        of(families, 'kmm_orders_total').filter(({ labels }) => labels.action === action && labels.outcome === outcome),
      );
    expect([orders('create', 'accepted'), orders('cancel', 'cancelled'), orders('amend', 'amended')]).toEqual([
      ...[placed, cancelled, amended],
    ]);
    expect(
      of(families, 'kmm_position_contracts').map(({ labels, value }) => [labels.ticker, Math.round(value * 100)]),
    ).toEqual(view.markets.map(({ ticker, position }) => [ticker, position]));
    expect(sum(of(families, 'kmm_fees_dollars_total')) * 1e6).toBeCloseTo(view.fees, 3);
    expect(sum(of(families, 'kmm_reconcile_difference_dollars'))).toBe(0);
    expect(sum(of(families, 'kmm_quote_uptime_ratio'))).toBeGreaterThan(0.5);
    const scopes = of(families, 'kmm_limit_dollars').map(({ labels }) => labels.scope);
    expect(scopes.slice(0, view.limits.length)).toEqual(view.limits.map(({ name }) => name));
    expect(scopes).toEqual(expect.arrayContaining(['total', 'day', 'week', 'drawdown', 'strike']));
    expect(new Set(scopes).size).toBe(scopes.length);
    const requests = of(families, 'kmm_request_duration_seconds').filter(({ name }) => name.endsWith('_count'));
    expect(requests.map(({ labels }) => labels.endpoint)).toContain('POST /portfolio/events/orders');
    const ids = scene.orders().map(({ order_id: id }) => id);
    expect(ids.filter((id) => session.metrics.text().includes(id))).toEqual([]);

    session.emit({ type: 'control', at: scene.clock.now(), verb: 'pause', by: 'the test' });
    await scene.run(2);
    expect(of(parseExposition(session.metrics.text()), 'kmm_halt').map(({ labels }) => labels)).toEqual([
      { name: 'PAUSED', scope: '*' },
    ]);
    // Told twice, a fill is one.
    const told = {
      type: 'fill',
      at: scene.clock.now(),
      tradeId: 'twice',
      orderId: 'o',
      ticker: view.markets[0]?.ticker ?? '',
    };
    for (let times = 0; times < 2; times += 1) {
      session.emit({
        ...{ ...told, type: 'fill', side: 'bid', price: centicents(5_000), size: centicontracts(100) },
        ...{ isTaker: false, fee: microdollars(0) },
      });
    }
    const { fills } = session.view(undefined);
    expect(sum(of(parseExposition(session.metrics.text()), 'kmm_fills_total'))).toBe(fills);
    await scene.end();
  });

  it('says at debug what it asks for and how it is answered, and nothing of that before', async () => {
    const scene = new Scene('KXBTC15M');
    const { session } = await scene.open();
    await scene.run(10);
    expect(scene.log.filter((line) => line.startsWith('debug'))).toEqual([]);
    scene.logFilter.set('debug');
    await scene.run(30);
    const said = scene.log.filter((line) => line.startsWith('debug'));
    expect(said.filter((line) => /^debug turn \d+: \w+ (bid|ask) [\d.]+ at [\d.]+ in KXBTC15M/.test(line))).not.toEqual(
      [],
    );
    expect(said.filter((line) => /^debug (GET|POST|PUT|DELETE) \/[\w/:]+: \d+ in [\d.]+ ms$/.test(line))).not.toEqual(
      [],
    );
    scene.logFilter.set('error');
    const before = scene.log.length;
    session.emit({ type: 'control', at: scene.clock.now(), verb: 'pause', by: 'the test' });
    await scene.run(5);
    expect(scene.log.length).toBe(before);
    await scene.end();
  });
});

it('a markout is the mean a contract of what the mid did for us, by its side', () => {
  const means = new MarkoutMeans();
  const told = () => Object.fromEntries(means.samples().map(({ labels, value }) => [labels?.horizon, value]));
  expect(told()).toEqual({ '1s': Number.NaN, '10s': Number.NaN, '60s': Number.NaN });
  means.filled({ tradeId: 'a', side: 'bid', size: centicontracts(300), at: epochMs(0) });
  means.filled({ tradeId: 'b', side: 'ask', size: centicontracts(100), at: epochMs(0) });
  for (const [tradeId, horizonMs, midDoubled] of [
    ...[['a', 0, 10_000] as const, ['b', 0, 10_000] as const, ['other', 1_000, 0] as const],
    ...[['a', 1_000, 10_400] as const, ['b', 1_000, 10_400] as const, ['a', 60_000, 9_000] as const],
  ]) {
    means.marked({ tradeId, horizonMs, midDoubled });
  }
  // 2 ¢ up: three bought gain 6 ¢, one sold loses 2 ¢.
  expect(told()).toEqual({ '1s': expect.closeTo(0.01, 9), '10s': Number.NaN, '60s': expect.closeTo(-0.05, 9) });
});

it('a fill whose last mid never comes is not waited for (I17)', () => {
  const means = new MarkoutMeans();
  for (let minute = 0; minute < 60; minute += 1) {
    means.filled({ tradeId: `${minute}`, side: 'bid', size: centicontracts(100), at: epochMs(minute * 60_000) });
  }
  expect(censusOf(means).get('.#waiting')).toBe(3);
});
