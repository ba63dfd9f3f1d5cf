/** Names, text and page of the metrics. */
import { readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serveMetrics } from '../../../src/lib/adapters/metrics/metrics-server.ts';
import { Buckets } from '../../../src/lib/app/metrics/buckets.ts';
import { expositionOf } from '../../../src/lib/app/metrics/exposition.ts';
import { METRICS } from '../../../src/lib/app/metrics/names.ts';
import { endpointOf, RequestTimes } from '../../../src/lib/app/metrics/request-times.ts';
import { HouseMetrics } from '../../../src/lib/app/run/house-metrics.ts';
import { sharedPath } from '../../support/shared.ts';
import { parseExposition } from './parse-exposition.ts';

const OPERATOR = sharedPath('operator.md');

describe('the catalogue', () => {
  it.skipIf(OPERATOR === undefined)('has every name of operator.md, with its labels, and one of its own', () => {
    const section =
      readFileSync(OPERATOR ?? '', 'utf8')
        .split('## 7. ')[1]
        ?.split('## 8. ')[0] ?? '';
    const named = [...section.matchAll(/`(kmm_\w+)(?:\{([\w,]+)\})?`/g)].map(([, name = '', labels]) => [
      name,
      labels?.split(',') ?? [],
    ]);
    expect(named.length).toBeGreaterThan(30);
    const ours = new Map<string, readonly string[]>(
      Object.entries(METRICS).map(([name, { labels }]) => [name, labels]),
    );
    for (const [name, labels] of named as [string, string[]][]) {
      expect([name, ours.has(name)]).toEqual([name, true]);
      expect([name, ...(ours.get(name) ?? [])]).toEqual([
        name,
        ...(labels.length > 0 ? labels : (LABELS_OF_OURS[name] ?? [])),
      ]);
    }
    const known = new Set(named.map(([name]) => name));
    expect(Object.keys(METRICS).filter((name) => !known.has(name))).toEqual(['kmm_restarts_total']);
  });

  it('is the table of docs/metrics.md, row for row', () => {
    const page = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `(kmm_\w+)` \| (\w+) \| (.*?) \| (.*) \|$/gm)].map(([, ...cells]) => cells);
    const ours = Object.entries(METRICS).map(([name, { kind, labels, help }]) => [
      ...[name, kind, labels.map((label) => `\`${label}\``).join(', '), help],
    ]);
    expect(rows).toEqual(ours);
  });
});

/** operator.md leaves the labels of these out. */
const LABELS_OF_OURS: Readonly<Record<string, readonly string[]>> = {
  kmm_build_info: ['version', 'env'],
  kmm_model_age_seconds: ['model'],
  kmm_brier: ['model', 'series'],
  kmm_quote_age_seconds: ['ticker'],
  kmm_spread_cents: ['ticker'],
  kmm_fair_value_probability: ['ticker'],
  kmm_book_age_seconds: ['ticker'],
};

describe('the text', () => {
  it('holds what is known under its name and type, with labels that say anything', () => {
    const text = expositionOf([
      { name: 'kmm_halt', labels: { name: 'FEES', scope: 'a "b"\\\nc' }, value: 1 },
      { name: 'kmm_orders_unknown', value: 0 },
      { name: 'kmm_brier', value: Number.NaN },
      { name: 'kmm_halt', labels: { name: 'PAUSED', scope: '*' }, value: 1 },
    ]);
    const families = parseExposition(text);
    expect([...families.keys()]).toEqual(['kmm_halt', 'kmm_orders_unknown']);
    expect(families.get('kmm_halt')?.samples.map(({ labels }) => labels.scope)).toEqual(['a "b"\\\nc', '*']);
    expect(families.get('kmm_halt')?.kind).toBe('gauge');
  });

  it('counts durations up to each bound, and all of them in the last', () => {
    const buckets = new Buckets();
    for (const seconds of [0.000_1, 0.002, 0.3, 60, Number.NaN, -1]) buckets.add(seconds);
    const { samples = [] } = parseExposition(expositionOf([{ name: 'kmm_turn_duration_seconds', value: buckets }])).get(
      'kmm_turn_duration_seconds',
    ) ?? { samples: [] };
    const at = (le: string) => samples.find(({ labels }) => labels.le === le)?.value;
    expect([at('0.00025'), at('0.0025'), at('0.25'), at('0.5'), at('10'), at('+Inf')]).toEqual([1, 2, 2, 3, 3, 4]);
    expect(samples.find(({ name }) => name.endsWith('_sum'))?.value).toBeCloseTo(60.302_1);
    expect(samples.find(({ name }) => name.endsWith('_count'))?.value).toBe(4);
  });
});

describe('an endpoint', () => {
  it.each([
    ['GET', '/trade-api/v2/portfolio/orders', 'GET /portfolio/orders'],
    ['DELETE', '/trade-api/v2/portfolio/events/orders/0f3a-77', 'DELETE /portfolio/events/orders/:id'],
    ['GET', '/trade-api/v2/markets/KXBTC15M-26NOV201515-15', 'GET /markets/:id'],
    ['PUT', '/trade-api/v2/portfolio/order_groups/abc-def/trigger', 'PUT /portfolio/order_groups/:id/trigger'],
  ] as const)('%s %s has neither id nor ticker', (method, path, endpoint) => {
    expect(endpointOf({ method, path })).toBe(endpoint);
  });

  it('is one of a bounded number, whatever is asked', async () => {
    const times = new RequestTimes(
      () => 0,
      () => {},
    );
    const wire = times.timed({ request: async () => ({ kind: 'failure', reason: 'none' }) });
    const words = Array.from({ length: 300 }, (_, n) => 'a'.repeat(n + 1));
    for (const word of words) await wire.request({ method: 'GET', path: `/${word}` });
    const samples = times.samples();
    expect(samples.length).toBe(201);
    expect(samples.at(-1)?.labels).toEqual({ endpoint: 'other', outcome: 'failure' });
  });
});

/** Status and body, with headers of our own. */
function asked(url: string, headers: Record<string, string> = {}, method = 'GET', path?: string) {
  return new Promise<readonly [number | undefined, string]>((resolve, reject) => {
    const { port, pathname } = new URL(url);
    const call = request({ port, path: path ?? pathname, method, headers, agent: false }, (response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve([response.statusCode, body]));
    });
    call.on('error', reject);
    call.end();
  });
}

describe('the page', () => {
  it('S10: is read from this machine under its own name alone, and nothing can be done to it', async () => {
    const server = await serveMetrics({ port: 0, text: () => 'all\n' });
    onTestFinished(() => server.close());
    const { url } = server;
    const { port } = new URL(url);
    expect(await asked(url)).toEqual([200, 'all\n']);
    expect(await asked(url, { host: `localhost:${port}` })).toEqual([200, 'all\n']);
    for (const headers of [
      { host: 'evil.example' },
      { host: `evil.example:${port}` },
      { host: '127.0.0.1' },
      { host: `127.0.0.1:${port}`, origin: 'http://evil.example' },
    ]) {
      expect(await asked(url, headers)).toEqual([403, 'loopback clients only\n']);
    }
    expect((await asked(url, {}, 'POST'))[0]).toBe(405);
    expect((await asked(url, {}, 'GET', '/'))[0]).toBe(404);
  });

  function house(settings: { isServed: boolean; port: number }) {
    const time = { now: 1_000 };
    const warnings: string[] = [];
    const metrics = new HouseMetrics({
      ...{ env: 'sim', settings, nowMs: () => time.now, wallNow: () => 1_700_000_000_000 + time.now },
      warn: (text) => warnings.push(text),
    });
    onTestFinished(() => metrics.close());
    return { metrics, time, warnings };
  }

  it('shows a trader while it is fresh, and never its last words: then kmm_up is 0 and its numbers are gone', () => {
    const { metrics, time } = house({ isServed: false, port: 1 });
    const up = () => {
      const families = parseExposition(metrics.text());
      return [families.get('kmm_up')?.samples[0]?.value, families.has('kmm_orders_unknown')];
    };
    expect(up()).toEqual([0, false]);
    expect(metrics.text()).not.toContain('kmm_heartbeat_timestamp_seconds');
    metrics.progressed(1);
    metrics.told(expositionOf([{ name: 'kmm_orders_unknown', value: 0 }]));
    expect(up()).toEqual([1, true]);
    time.now += 10_000;
    expect(up()).toEqual([1, true]);
    time.now += 1;
    expect(up()).toEqual([0, false]);
    metrics.told(expositionOf([{ name: 'kmm_orders_unknown', value: 0 }]));
    expect(up()).toEqual([1, true]);
    metrics.traderGone();
    metrics.restarted();
    expect(up()).toEqual([0, false]);
    const families = parseExposition(metrics.text());
    expect(families.get('kmm_restarts_total')?.samples[0]?.value).toBe(1);
    expect(families.get('kmm_heartbeat_timestamp_seconds')?.samples[0]?.value).toBe(1_700_000_001);
    expect(families.get('kmm_build_info')?.samples[0]?.labels).toMatchObject({ env: 'sim' });
    for (const name of families.keys()) expect(METRICS[name as keyof typeof METRICS]).toHaveProperty('isHouse', true);
  });

  it('is missed and warned of where its port is taken, and is no reason to end', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const { port } = other.address() as AddressInfo;
    const { metrics, warnings } = house({ isServed: true, port });
    await metrics.serve(() => expect.unreachable());
    expect(warnings).toEqual([expect.stringMatching(/^no metrics are served: port \d+ cannot be had .*metrics\.port/)]);
  });
});
