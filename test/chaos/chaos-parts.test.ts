/** The parts of a chaos run: points that are where they say, plans that can be had again, a proxy that acts when it says. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CallFault, startFaultProxy } from '../soak/fault-proxy.ts';
import { summaryOf } from './batch.ts';
import { ArmedFault, CALL_FAULTS, kindOf } from './call-faults.ts';
import { drawPlan } from './plan.ts';
import { PASS, POINTS, withPoints } from './points.ts';
import type { RunResult } from './run.ts';
import { SCENARIO_NAMES } from './scenarios.ts';

describe('the points of the order path (F28)', () => {
  it.each(POINTS)('$name is in $file, once', (point) => {
    const source = readFileSync(new URL(`../../src/lib/${point.file}`, import.meta.url), 'utf8');
    expect(withPoints(source, [point])).toContain(`globalThis.${PASS}("${point.name}")`);
  });

  it('are refused where the anchor is missing or there twice: they cannot rot', () => {
    const point = { name: 'here', file: 'x.ts', anchor: 'send();', where: 'before', phase: 'quoting' } as const;
    expect(withPoints('send();', [point])).toBe(`globalThis.${PASS}("here"); send();`);
    expect(withPoints('send();', [{ ...point, where: 'after' }])).toBe(`send(); globalThis.${PASS}("here");`);
    expect(() => withPoints('sent();', [point])).toThrow('0 times in x.ts');
    expect(() => withPoints('send(); send();', [point])).toThrow('2 times in x.ts');
  });
});

describe('a plan', () => {
  it('is the same for the same seed; a batch as long as the list has every scenario, and the next one the next N', () => {
    const round = SCENARIO_NAMES.map((_, seed) => drawPlan(seed));
    expect(round).toEqual(SCENARIO_NAMES.map((_, seed) => drawPlan(seed)));
    expect(round.map(({ scenario }) => scenario)).toEqual(SCENARIO_NAMES);
    expect(new Set(round.map(({ nth }) => nth))).toEqual(new Set([1]));
    const next = SCENARIO_NAMES.indexOf('F28-at-in-commit') + SCENARIO_NAMES.length;
    expect(drawPlan(next)).toMatchObject({ scenario: 'F28-at-in-commit', nth: 2 });
    expect(new Set(round.map(({ victims }) => victims))).toEqual(new Set(['trader', 'both']));
  });

  it('has names that begin with a row of the fault matrix or a promise', () => {
    expect(SCENARIO_NAMES.filter((name) => !/^(F\d\d|I\d+)-[a-z0-9-]+$/.test(name))).toEqual([]);
    expect(new Set(SCENARIO_NAMES).size).toBe(SCENARIO_NAMES.length);
  });
});

describe('a batch', () => {
  const result = (seed: number, facts: RunResult['facts'] = { isFired: true }): RunResult => ({
    ...{ type: 'run', schemaVersion: 1, plan: drawPlan(seed), seconds: 1, facts, violations: [] },
  });
  const all = Array.from({ length: 2 * SCENARIO_NAMES.length }, (_, seed) => seed);

  it('says which points never fired, once it is long enough to tell', () => {
    const silent = all.map((seed) => result(seed, { isFired: drawPlan(seed).scenario !== 'F28-at-reply' }));
    expect(summaryOf(silent, 0, SCENARIO_NAMES).neverFired).toEqual(['F28-at-reply']);
    expect(summaryOf(silent.slice(0, 50), 0, SCENARIO_NAMES).neverFired).toEqual([]);
    expect(summaryOf(silent, 0, SCENARIO_NAMES).points).toMatchObject({
      'F28-at-reply': 0,
      'F28-at-in-commit': 2,
    });
  });

  it('keeps the longest of what was measured, and nothing where nothing was', () => {
    const two = [result(0, { quotingAgainSeconds: 3 }), result(1, { quotingAgainSeconds: 4.5 }), result(2)];
    expect(summaryOf(two, 0, SCENARIO_NAMES)).toMatchObject({
      ...{ runs: 3, violations: 0, quotingAgainSecondsMax: 4.5, killGateMsMax: null },
    });
  });
});

describe('a fault of single calls', () => {
  const ORDERS = '/trade-api/v2/portfolio/events/orders';

  it('knows calls apart by method and path', () => {
    const kinds = [
      ['POST', ORDERS],
      ['POST', `${ORDERS}/7/amend`],
      ['POST', `${ORDERS}/7/decrease`],
      ['DELETE', `${ORDERS}/7?market_ticker=KX`],
      ['DELETE', `${ORDERS}/batched`],
      ['DELETE', `${ORDERS}?subaccount=0`],
      ['GET', '/trade-api/v2/portfolio/orders?status=resting'],
    ].map(([method = '', path = '']) => kindOf({ method, path }));
    expect(kinds).toEqual(['create', 'amend', 'other', 'cancel', 'batch', 'sweep', 'read']);
  });

  it('hits the n-th call of its kind, and as many as it says', () => {
    const [named] = CALL_FAULTS.filter(({ name }) => name === 'F11-batch-reply-lost');
    if (named === undefined) throw new Error('it has gone');
    const armed = new ArmedFault(named, 2);
    const calls = ['batched', '7', 'batched', 'batched', 'batched'].map((end) => ({
      method: 'DELETE',
      path: `${ORDERS}/${end}`,
    }));
    expect(calls.map((call) => armed.take(call))).toEqual([undefined, undefined, named.fault, named.fault, undefined]);
    expect(armed.hits).toBe(2);
  });

  /** An exchange that counts, behind a proxy that does this to every call. */
  async function behind(fault: CallFault | undefined) {
    let carriedOut = 0;
    const http = createServer((_, answer) => {
      carriedOut += 1;
      answer.end('{"order_id":"1234567890"}');
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const answered: number[] = [];
    const proxy = await startFaultProxy(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, {
      onCall: () => fault,
      onAnswer: (_, status) => void answered.push(status),
    });
    onTestFinished(async () => {
      await proxy.close();
      http.closeAllConnections();
      http.close();
    });
    const ask = async () => {
      const signal = AbortSignal.timeout(300);
      const reply = await fetch(`${proxy.rest}/a`, { method: 'POST', body: 'x', redirect: 'manual', signal });
      return { status: reply.status, text: await reply.text() };
    };
    return { proxy, ask, answered, carriedOut: () => carriedOut };
  }

  it('before it is forwarded: nothing was done, and the connection is cut or something else comes', async () => {
    const cut = await behind({ at: 'before' });
    await expect(cut.ask()).rejects.toThrow('fetch failed');
    const wrong = await behind({ at: 'before', instead: { status: 503, body: 'no' } });
    expect(await wrong.ask()).toEqual({ status: 503, text: 'no' });
    expect([cut.carriedOut(), wrong.carriedOut()]).toEqual([0, 0]);
  });

  it('after that: it was done, and the answer is lost, wrong, or never comes', async () => {
    const lost = await behind({ at: 'after' });
    await expect(lost.ask()).rejects.toThrow('fetch failed');
    const wrong = await behind({ at: 'after', instead: { status: 307, headers: { location: '/b' }, body: '' } });
    expect((await wrong.ask()).status).toBe(307);
    const silent = await behind({ at: 'after', instead: 'silence' });
    await expect(silent.ask()).rejects.toThrow('timeout');
    expect([lost, wrong, silent].map(({ answered }) => answered)).toEqual([[200], [200], [200]]);
  });

  it('in mid-body: the head comes and half of the rest', async () => {
    const { ask, carriedOut } = await behind({ at: 'mid_body' });
    await expect(ask()).rejects.toThrow('terminated');
    expect(carriedOut()).toBe(1);
  });

  it('or every connection is refused until it may be had again, at the same address', async () => {
    const { proxy, ask } = await behind(undefined);
    await proxy.shut();
    await expect(ask()).rejects.toThrow('fetch failed');
    await proxy.open();
    expect((await ask()).text).toBe('{"order_id":"1234567890"}');
  });
});
