/**
 * Deliberate mistakes in kmm's own source (reliability.md section 7): each must break the promise that is there for it,
 * within a few worlds of the plan that it is given, or the checker is asleep.
 */
import type { Invariant } from '../observation.ts';
import type { Fault } from '../plan.ts';
import type { Scene } from '../scene.ts';

export interface Mistake {
  readonly name: string;
  /** Below `src/`. */
  readonly file: string;
  /** What is there, exactly once. */
  readonly right: string;
  readonly wrong: string;
  readonly faults: readonly Fault[];
  readonly scene?: Scene;
  readonly caughtBy: Invariant;
}

const WRITES = '/portfolio/events/orders';
const SIX_MARKETS: Scene = { when: 'friday', series: ['KXHIGHNY'] };
const MAKERS_PAY: Scene = { when: 'friday', series: ['KXBTC15M'], feesAfterMs: 0, isInCents: true };
const LOST: Fault = { kind: 'exchange', rule: { fault: 'reply_lost', path: WRITES, chance: 0.5 } };
const UNTOLD: readonly Fault[] = (['fill', 'user_orders'] as const).map((channel) => ({
  ...{ kind: 'exchange', rule: { fault: 'frame_dropped', channel, chance: 1 } },
}));
const CRASH: Fault = { kind: 'crash', point: 'after_send', nth: 2, forgets: false, atMs: 20_000, forMs: 1_000 };
const GONE: Fault = { kind: 'gone', atMs: 15_000 };
const KILLED: Fault = { kind: 'killed', atMs: 15_000, forMs: 40_000 };

export const MISTAKES: readonly Mistake[] = [
  {
    name: 'what is in flight is left out of exposure',
    file: 'lib/core/orders/order.ts',
    right: 'const now = { price: order.price, size: remainingOf(order) };',
    wrong: "const now = { price: order.price, size: order.state === 'sending' ? 0 : remainingOf(order) };",
    ...{ faults: [], scene: SIX_MARKETS, caughtBy: 'I3' },
  },
  {
    name: 'what is unknown is left out of exposure',
    file: 'lib/core/orders/order.ts',
    right: 'const now = { price: order.price, size: remainingOf(order) };',
    wrong: "const now = { price: order.price, size: order.state === 'unknown' ? 0 : remainingOf(order) };",
    ...{ faults: [LOST], scene: SIX_MARKETS, caughtBy: 'I3' },
  },
  {
    name: 'an order counts no longer once its cancel has been sent',
    file: 'lib/core/orders/order.ts',
    right: 'const now = { price: order.price, size: remainingOf(order) };',
    wrong: "const now = { price: order.price, size: order.pending?.kind === 'cancel' ? 0 : remainingOf(order) };",
    faults: [
      { kind: 'exchange', rule: { fault: 'status', status: 503, method: 'DELETE', applied: 'before', chance: 0.9 } },
      ...[8, 12, 16, 20, 24, 28, 32].map((second) => ({ kind: 'paused', atMs: second * 1_000, forMs: 300 }) as const),
    ],
    ...{ scene: SIX_MARKETS, caughtBy: 'I3' },
  },
  {
    name: 'what one strike may lose is not looked at',
    file: 'lib/core/risk/risk.ts',
    right: " ??\n    lossOver('strike_loss', 'market', shareOf(limits.totalLoss, limits.strikeShare));\n",
    wrong: ';\n',
    ...{ faults: [], scene: { ...SIX_MARKETS, strikePercent: 20 }, caughtBy: 'I3' },
  },
  {
    name: 'what a group may lose is not looked at',
    file: 'lib/core/risk/risk.ts',
    right: '    if (loss > lossMax && loss > (before().groupLosses[index] as number)) {\n',
    wrong: '    if (Number.isNaN(loss)) {\n',
    ...{ faults: [], scene: { ...SIX_MARKETS, groupLossDollars: 5 }, caughtBy: 'I3' },
  },
  {
    name: 'what is held net in one direction is not looked at',
    file: 'lib/core/risk/risk.ts',
    right: '  if (unbalanced !== undefined) return unbalanced;\n',
    wrong: '',
    ...{ faults: [], scene: SIX_MARKETS, caughtBy: 'I3' },
  },
  {
    name: 'a create whose reply is lost is sent again',
    file: 'lib/adapters/kalshi/gateway.ts',
    right: 'const reply = await this.#send(intent, admitted.request);',
    wrong: `let reply = await this.#send(intent, admitted.request);
    if (reply.kind === 'failure') reply = await this.#send(intent, admitted.request);`,
    ...{ faults: [LOST], caughtBy: 'I4' },
  },
  {
    name: 'a turn is sent before it is written to the journal',
    file: 'lib/app/session/send-turn.ts',
    right: '  journal.commitTurn({ turn, at, intents });\n  gateway.submit(intents);',
    wrong: '  gateway.submit(intents);\n  journal.commitTurn({ turn, at, intents });',
    ...{ faults: [], caughtBy: 'I1' },
  },
  {
    name: 'a commit is not synced',
    file: 'lib/adapters/store/journal.ts',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of the source
    right: 'this.#database.pragma(`synchronous = ${this.#synchronous}`);',
    wrong: '',
    ...{ faults: [{ ...CRASH, forgets: true }], caughtBy: 'I1' },
  },
  {
    name: 'listings are believed to hold what has just been sent',
    file: 'lib/core/orders/read-lag.ts',
    right: 'return epochMs(Math.min(askedAt - READ_LAG_MS, asOf ?? Number.POSITIVE_INFINITY));',
    wrong: 'return epochMs(askedAt + 0 * (asOf ?? 0));',
    faults: [
      LOST,
      ...UNTOLD,
      { kind: 'exchange', rule: { fault: 'read_lag', path: '/portfolio/orders', lag_ms: 25_000, after_ms: 20_000 } },
    ],
    caughtBy: 'I12',
  },
  {
    name: '404 on a cancel ends the order',
    file: 'lib/core/orders/orders.ts',
    right: "      case 'not_found':\n        order.isQuestioned = true;\n        this.#endIfUsedUp(order, 'Trade');",
    wrong: "      case 'not_found':\n        this.#end(order, 'cancelled', 'it is not there');",
    ...{ faults: UNTOLD, caughtBy: 'I3' },
  },
  {
    name: 'fills of orders that have ended are dropped',
    file: 'lib/core/money/account.ts',
    right: 'if (!this.ledger.fill(event, shard)) return false;',
    wrong: `const known = this.orders.byOrderId(event.orderId);
    if (known !== undefined && hasEnded(known)) return false;
    if (!this.ledger.fill(event, shard)) return false;`,
    faults: [{ kind: 'exchange', rule: { fault: 'frame_dropped', channel: 'fill', chance: 0.5 } }],
    caughtBy: 'I2',
  },
  {
    name: 'fills are told apart by their amounts',
    file: 'lib/core/money/ledger.ts',
    right: `    if (this.#fills.has(fill.tradeId)) return false;
    invariant(fill.size > 0, \`fill \${fill.tradeId} has a positive size\`);
    this.#fills.add(fill.tradeId);`,
    wrong: `    const key = \`\${fill.ticker} \${fill.side} \${fill.size}\`;
    if (this.#fills.has(key)) return false;
    this.#fills.add(key);`,
    ...{ faults: [{ kind: 'all_taken', atMs: 20_000 }], caughtBy: 'I4' },
  },
  {
    name: 'an answer about another order is believed',
    file: 'lib/adapters/kalshi/classify.ts',
    right:
      "  if (client_order_id !== undefined && client_order_id !== clientOrderId)\n    return unknown('the answer is about another order');",
    wrong: '',
    ...{ faults: [{ kind: 'wire', what: 'body_of_another', chance: 0.5 }, KILLED], caughtBy: 'I5' },
  },
  {
    name: 'a gap in the numbers of the stream is not seen',
    file: 'lib/core/book/books.ts',
    right: "if (lastSeq !== undefined && seq !== lastSeq + 1) this.#lose(subscription, 'gap');",
    wrong: '',
    faults: [{ kind: 'exchange', rule: { fault: 'frame_dropped', channel: 'orderbook_delta', chance: 0.1 } }],
    caughtBy: 'I7',
  },
  {
    name: 'no book is audited',
    file: 'lib/app/session/markets/book-auditor.ts',
    right: 'asks(this.#audit(next));',
    wrong: 'return;',
    faults: [{ kind: 'exchange', rule: { fault: 'level_drift', chance: 0.02 } }],
    ...{ scene: SIX_MARKETS, caughtBy: 'I7' },
  },
  {
    name: 'orders carry no expiry',
    file: 'lib/adapters/kalshi/encode.ts',
    right: '    expiration_time: expiresAt / 1_000,\n    post_only: true,',
    wrong: '    post_only: true,',
    ...{ faults: [GONE], scene: SIX_MARKETS, caughtBy: 'I6' },
  },
  {
    name: 'the expiry is in milliseconds',
    file: 'lib/adapters/kalshi/encode.ts',
    right: '    expiration_time: expiresAt / 1_000,\n    post_only: true,',
    wrong: '    expiration_time: expiresAt,\n    post_only: true,',
    ...{ faults: [], caughtBy: 'I11' },
  },
  {
    name: 'quotes are not post-only',
    file: 'lib/adapters/kalshi/encode.ts',
    right: '    post_only: true,',
    wrong: '    post_only: false,',
    ...{ faults: [], caughtBy: 'I11' },
  },
  {
    name: 'cancels wait with the creates after a 429',
    file: 'lib/adapters/kalshi/gateway.ts',
    right: 'const waitMs = limiter.waitMs(shard, cost, clock.now());',
    wrong: 'const waitMs = Math.max(this.#pausedUntil - clock.now(), limiter.waitMs(shard, cost, clock.now()));',
    faults: [
      { kind: 'exchange', rule: { fault: 'too_many_requests', path: WRITES, chance: 0.1 } },
      ...[10_000, 20_000, 30_000].map((atMs) => ({ kind: 'paused', atMs, forMs: 5_000 }) as const),
    ],
    ...{ scene: SIX_MARKETS, caughtBy: 'I8' },
  },
  {
    name: 'a halt is kept in memory alone',
    file: 'lib/app/session/halts/latch-watch.ts',
    right: "const problem = this.#latched.has(key) ? undefined : this.#keep(halt, 'the trader');",
    wrong: 'const problem = undefined as StoreProblem | undefined;',
    faults: [
      { kind: 'group_tripped', atMs: 20_000 },
      ...[26_000, 45_000].map((atMs) => ({ ...CRASH, point: 'frame', nth: 1, atMs }) as const),
    ],
    caughtBy: 'I5',
  },
  {
    name: 'a latch that others wrote is not looked for',
    file: 'lib/app/session/halts/latch-watch.ts',
    right: 'if (version === this.#version && !hasNews) return;',
    wrong: 'return;',
    ...{ faults: [KILLED], caughtBy: 'I5' },
  },
  {
    name: 'a pause lets through what opens a position',
    file: 'lib/core/quoting/decide.ts',
    right: 'const room = isPaused ? roomToReduce(side, risk, standing) : quote.size;',
    wrong: 'const room = quote.size;',
    ...{ faults: [{ kind: 'paused', atMs: 15_000, forMs: 30_000 }], caughtBy: 'I5' },
  },
  {
    name: 'it quotes again in the minute after a cancel-all',
    file: 'lib/app/session/halts/latch-watch.ts',
    right: 'if (ago >= SWEEP_MS) return;',
    wrong: 'if (ago >= 0) return;',
    ...{ faults: [{ kind: 'kill_swept', atMs: 15_000, forMs: 3_000 }], caughtBy: 'I5' },
  },
  {
    name: 'a restart leaves what rests where it is',
    file: 'lib/app/session/orders/cancel-ours.ts',
    right: 'if (resting.length > 0) {',
    wrong: 'if (resting.length > 1_000) {',
    ...{ faults: [CRASH], scene: SIX_MARKETS, caughtBy: 'I6' },
  },
  {
    name: 'a position query that failed is read as flat',
    file: 'lib/app/session/account/watch-account.ts',
    right: "if (positions.ok) emit({ type: 'positions', at: clock.now(), ...asked, positions: positions.value });",
    wrong: "emit({ type: 'positions', at: clock.now(), ...asked, positions: positions.ok ? positions.value : [] });",
    faults: [
      {
        kind: 'exchange',
        rule: { fault: 'status', status: 503, method: 'GET', path: '/portfolio/positions', chance: 0.7 },
      },
      { kind: 'all_taken', atMs: 20_000 },
      ...[30_000, 37_000, 44_000, 51_000].map((atMs) => ({ kind: 'link_cut', atMs, forMs: 500 }) as const),
    ],
    caughtBy: 'I13',
  },
  {
    name: 'a result that is amended is not paid anew',
    file: 'lib/core/money/ledger.ts',
    right: 'this.#takeBack(market, id, settledAt);',
    wrong: '',
    faults: [
      { kind: 'all_taken', atMs: 20_000 },
      { kind: 'result_amended', result: 'void', disputedAfterMs: 3_000, atMs: 25_000, forMs: 15_000 },
    ],
    caughtBy: 'I2',
  },
  {
    name: 'what rounding has cost an order is forgotten from fill to fill',
    file: 'lib/core/orders/order-fees.ts',
    right: 'nets.set(entry.fill, next.net);\n    accumulator = next.accumulator;',
    wrong: 'nets.set(entry.fill, next.net);',
    ...{ faults: [], scene: MAKERS_PAY, caughtBy: 'X4' },
  },
  {
    name: 'a fee change that is scheduled is not heeded',
    file: 'lib/adapters/kalshi/fee-terms.ts',
    right: 'scheduled.push({ ...next, at: step.at });',
    wrong: '',
    ...{ faults: [], scene: { ...MAKERS_PAY, feesAfterMs: 40_000 }, caughtBy: 'X4' },
  },
  {
    name: 'what the engine is told beside the stream is not put on the tape',
    file: 'lib/app/session/session.ts',
    right: 'this.#ports.tape.event(event);',
    wrong: '',
    ...{ faults: [], caughtBy: 'X1' },
  },
];
