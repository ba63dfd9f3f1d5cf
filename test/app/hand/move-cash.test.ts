/** Cash between shards when the exchange does not do it: what is proved, and what is left open. */
import { expect, it } from 'vitest';
import { KalshiRest } from '../../../src/lib/adapters/kalshi/rest.ts';
import { moveCash } from '../../../src/lib/app/hand/move-cash.ts';
import type { EngineEvent } from '../../../src/lib/core/events.ts';
import { epochMs, microdollars } from '../../../src/lib/core/units.ts';
import type { WireReply, WireRequest } from '../../../src/lib/ports.ts';
import { refusal } from '../../support/keys.ts';

const STATUS = { exchange_active: true, trading_active: true };
const BALANCE = {
  ...{ balance: 1_000, balance_dollars: '10.000000', portfolio_value: 0, updated_ts: 1 },
  balance_breakdown: [{ exchange_index: 0, balance: '10.000000' }],
};

function answered(status: number, body: unknown): WireReply {
  return { kind: 'response', status, body: JSON.stringify(body) };
}

/** A transfer is answered with `reply`; it never comes back twice. */
function moving(reply: WireReply, amount: number) {
  const [asked, events]: [WireRequest[], EngineEvent[]] = [[], []];
  const wire = {
    async request(request: WireRequest): Promise<WireReply> {
      asked.push(request);
      if (request.method === 'POST') return reply;
      return answered(200, request.path.endsWith('/exchange/status') ? STATUS : BALANCE);
    },
  };
  const clock = { now: () => epochMs(1_000), monotonicMs: () => 0, after: () => () => {}, every: () => () => {} };
  const ports = { rest: new KalshiRest(wire), wire, clock, speed: 1, emit: (event: EngineEvent) => events.push(event) };
  const move = { from: 0, to: 2, amount: microdollars(amount) };
  return { asked, events, error: () => refusal(() => moveCash({ ...ports }, move)) };
}

const REFUSED = answered(400, { error: { code: 'insufficient_balance', message: 'no' } });

it.each<[string, WireReply, number, string, number, number]>([
  ['the exchange says no', REFUSED, 1_000_000, 'KMM_TRANSFER_REFUSED', 6, 1],
  ['it is no whole hundredth of a cent', REFUSED, 1_000_001, 'KMM_TRANSFER_REFUSED', 6, 0],
  ['the answer is lost', { kind: 'failure', reason: 'ECONNRESET' }, 1_000_000, 'KMM_UNREACHABLE', 5, 1],
  ['the answer makes no sense', answered(200, {}), 1_000_000, 'KMM_UNREACHABLE', 5, 1],
])('%s', async (_what, reply, amount, code, exit, posts) => {
  const { asked, events, error } = moving(reply, amount);
  const said = await error();
  expect([said.code, said.exit, events]).toEqual([code, exit, []]);
  expect(asked.filter(({ method }) => method === 'POST')).toHaveLength(posts);
});
