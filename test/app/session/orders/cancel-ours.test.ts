/** Proof that nothing of ours rests: by listings of the exchange, twice, and never by what we think. */
import { describe, expect, it } from 'vitest';
import { KalshiRest } from '../../../../src/lib/adapters/kalshi/rest.ts';
import { KalshiControls } from '../../../../src/lib/adapters/kalshi/rest-controls.ts';
import { virtualLink } from '../../../../src/lib/adapters/sim-server/link.ts';
import { type CancelOursResult, cancelOurs, within } from '../../../../src/lib/app/session/orders/cancel-ours.ts';
import { epochMs } from '../../../../src/lib/core/units.ts';
import type { Clock, Wire, WireReply, WireRequest } from '../../../../src/lib/ports.ts';
import { ACCOUNT, Scene } from '../../../support/virtual-session.ts';

const SPACING_MS = 1_000;

class Bench {
  readonly scene = new Scene('KXBTC15M');
  readonly #ticker = this.scene.desk('GET', '/markets?series_ticker=KXBTC15M&status=open').json.markets[0].ticker;
  #placed = 0;
  /** When a listing of orders was asked for, ms of exchange time. */
  readonly listedAt: number[] = [];
  /** Answers in the exchange's place, or lets it answer. */
  answer: (request: WireRequest) => WireReply | undefined = () => undefined;

  place(clientOrderId: string): void {
    this.#placed += 1;
    const body = {
      ...{ ticker: this.#ticker, side: 'bid', price: `0.0${this.#placed}00`, count: '1.00', exchange_index: 2 },
      ...{ time_in_force: 'good_till_canceled', self_trade_prevention_type: 'taker_at_cross' },
      client_order_id: clientOrderId,
    };
    expect(this.scene.desk('POST', '/portfolio/events/orders', body).status).toBe(201);
  }

  cancel(isOurs = (id: string) => id.startsWith('kmm-'), boundMs = 10_000): Promise<CancelOursResult> {
    const { clock, served } = this.scene;
    const { wire: exchange } = virtualLink({ served, accountId: ACCOUNT, clock, latencyMs: 8 });
    const wire: Wire = {
      request: async (request) => {
        if (request.method === 'GET') this.listedAt.push(clock.now());
        return this.answer(request) ?? exchange.request(request);
      },
    };
    return clock.runUntilSettled(
      cancelOurs({
        ...{ rest: new KalshiRest(wire), controls: new KalshiControls(wire), clock, spacingMs: SPACING_MS, boundMs },
        isOurs: ({ clientOrderId }) => isOurs(clientOrderId),
      }),
      served,
    );
  }
}

function refusal(status: number): WireReply {
  return { kind: 'response', status, body: JSON.stringify({ error: { code: 'no', message: 'no' } }) };
}

describe('cancelling what is ours', () => {
  it('leaves no timer behind that would keep its process alive', async () => {
    let running = 0;
    const clock: Clock = {
      ...{ now: () => epochMs(0), monotonicMs: () => 0, every: () => () => {} },
      after: () => {
        running += 1;
        return () => {
          running -= 1;
        };
      },
    };
    expect(await within(Promise.resolve('an answer'), clock, 10_000)).toBe('an answer');
    await expect(within(Promise.reject(new Error('none')), clock, 10_000)).rejects.toThrow('none');
    expect(running).toBe(0);
  });

  it('takes two empty listings, spaced by more than the read lag', async () => {
    const bench = new Bench();
    expect(await bench.cancel()).toEqual({ isConfirmed: true, cancelled: 0, resting: [] });
    const [first = 0, second = 0] = bench.listedAt;
    expect(bench.listedAt).toHaveLength(2);
    expect(second - first).toBeGreaterThanOrEqual(SPACING_MS);
  });

  it('cancels by id, and leaves what is not ours', async () => {
    const bench = new Bench();
    for (const id of ['kmm-a-1', 'kmm-a-2', 'by-hand']) bench.place(id);
    expect(await bench.cancel()).toEqual({ isConfirmed: true, cancelled: 2, resting: [] });
    expect(bench.scene.orders('resting').map((order) => order.client_order_id)).toEqual(['by-hand']);
    expect(bench.listedAt).toHaveLength(3);
  });

  it('begins to count anew when something turns up between the two', async () => {
    const bench = new Bench();
    bench.scene.clock.after(SPACING_MS / 2, () => bench.place('kmm-late'));
    expect(await bench.cancel()).toMatchObject({ isConfirmed: true, cancelled: 1 });
    expect(bench.scene.resting()).toBe(0);
  });

  it('does not take a failed listing for an empty one', async () => {
    const bench = new Bench();
    const failures = [undefined, refusal(503), undefined, undefined];
    bench.answer = ({ method }) => (method === 'GET' ? failures[bench.listedAt.length - 1] : undefined);
    expect(await bench.cancel()).toMatchObject({ isConfirmed: true });
    expect(bench.listedAt).toHaveLength(4);
  });

  it('tries again while cancels fail, and confirms nothing before they do not', async () => {
    const bench = new Bench();
    bench.place('kmm-a-1');
    let deletes = 0;
    bench.answer = ({ method }) => (method === 'DELETE' && ++deletes <= 3 ? refusal(500) : undefined);
    expect(await bench.cancel()).toEqual({ isConfirmed: true, cancelled: 1, resting: [] });
    expect(deletes).toBe(4);
  });

  it('gives up after its bound, and names what rests', async () => {
    const bench = new Bench();
    bench.place('kmm-a-1');
    bench.answer = ({ method }) => (method === 'DELETE' ? refusal(500) : undefined);
    const result = await bench.cancel(undefined, 5_000);
    expect(result).toMatchObject({ isConfirmed: false, cancelled: 0, resting: [{ clientOrderId: 'kmm-a-1' }] });
    expect((bench.listedAt.at(-1) ?? 0) - (bench.listedAt[0] ?? 0)).toBeLessThan(5_000 + 2 * SPACING_MS);
  });

  it('does not take a stamp called expired for a dead key', async () => {
    const bench = new Bench();
    bench.place('kmm-a-1');
    const expired = { ...refusal(401), body: '{"error":{"code":"header_timestamp_expired","message":"expired"}}' };
    bench.answer = () => (bench.listedAt.length <= 3 ? expired : undefined);
    expect(await bench.cancel()).toMatchObject({ isConfirmed: true, cancelled: 1 });
  });

  it('does not knock for ever with a key that is shut out', async () => {
    const bench = new Bench();
    bench.answer = () => refusal(401);
    const result = await bench.cancel();
    expect(result).toMatchObject({ isConfirmed: false, resting: [], problem: expect.stringContaining('401') });
    expect(bench.listedAt.length).toBeLessThan(4);
  });
});
