import { describe, expect, it } from 'vitest';
import { KalshiRest } from '../../../src/lib/adapters/kalshi/rest.ts';
import type { Wire, WireReply } from '../../../src/lib/ports.ts';

const ROW = { ticker: 'A-1', yes_count_fp: '1.00', no_count_fp: '0.00', settled_time: '2026-11-20T15:15:00Z' };

/** Answers by the beginning of the path; what is not among them is not found. */
function exchange(answers: Readonly<Record<string, WireReply>>): KalshiRest {
  const wire: Wire = {
    request: async ({ path }) =>
      Object.entries(answers).find(([begin]) => path.includes(begin))?.[1] ??
      reply(404, { error: { code: 'not_found' } }),
  };
  return new KalshiRest(wire);
}

function reply(status: number, body: unknown): WireReply {
  return { kind: 'response', status, body: JSON.stringify(body) };
}

const listed = (row: object) => reply(200, { settlements: [{ ...ROW, ...row }], cursor: '' });
const market = (value: string | null) => reply(200, { market: { ticker: 'A-1', settlement_value_dollars: value } });
const LIST = '/portfolio/settlements';

describe('a settlement that pays a fraction of a cent (F26)', () => {
  it('has the value that its market states', async () => {
    const row = listed({ market_result: 'scalar', value: 99 });
    const got = await exchange({ [LIST]: row, '/markets/A-1': market('0.9970') }).settlements({});
    expect(got).toMatchObject({ ok: true, value: [{ ticker: 'A-1', result: 'scalar', value: 9_970 }] });
  });

  it('has it from the archive when it is no longer among the markets', async () => {
    const row = listed({ market_result: 'scalar', value: 99 });
    const got = await exchange({ [LIST]: row, '/historical/markets/A-1': market('0.9970') }).settlements({});
    expect(got).toMatchObject({ ok: true, value: [{ value: 9_970 }] });
  });

  it.each([
    ['another result by now', market('0.4200')],
    ['nothing', market(null)],
  ])('stays as it is listed where the market states %s', async (_what, answer) => {
    const row = listed({ market_result: 'scalar', value: 99 });
    expect(await exchange({ [LIST]: row, '/markets/A-1': answer }).settlements({})).toMatchObject({
      value: [{ value: 9_900 }],
    });
  });

  it('is not known while the market cannot be read', async () => {
    const row = listed({ market_result: 'scalar', value: 99 });
    const got = await exchange({ [LIST]: row, '/markets/A-1': reply(503, {}) }).settlements({});
    expect(got.ok).toBe(false);
  });

  it('is asked for only where it may be one', async () => {
    const row = listed({ market_result: 'yes' });
    const got = await exchange({ [LIST]: row, '/markets/A-1': reply(503, {}) }).settlements({});
    expect(got).toMatchObject({ ok: true, value: [{ value: 10_000 }] });
  });
});
