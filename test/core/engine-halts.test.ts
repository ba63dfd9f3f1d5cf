import { describe, expect, it } from 'vitest';
import type { HaltName } from '../../src/lib/core/risk/halts.ts';
import { centicents, centicontracts, type EpochMs, epochMs } from '../../src/lib/core/units.ts';
import { dollars, lineOf, MINUTE_MS, parametersOf, quotingStory, Story, story } from '../support/engine.ts';
import { levels } from '../support/feed.ts';
import { after, T0, TICKER } from '../support/orders.ts';

const T2 = 'KXTEST-26NOV20-T2';
const PULLED = ['cancel bid 4800 × 1000', 'cancel ask 5200 × 1000'];
const SHOWN = ['create bid 4800 × 1000', 'create ask 5200 × 1000'];

/** The turn's cancels, done. */
function pulledBy(teller: Story): string[] {
  return teller.quote().map(lineOf);
}

describe('a book with a gap', () => {
  it('has its quotes pulled in the very next turn, and a snapshot asked for once', () => {
    const teller = quotingStory();
    teller.engine.takeInvalid();
    teller.wait(1_000).gap().level('bid', 4_300, 100);
    expect(teller.lines()).toEqual(PULLED);
    expect(teller.gate()).toBe('BOOK');
    expect(teller.engine.takeInvalid()).toEqual([TICKER]);
    expect(teller.engine.takeInvalid()).toEqual([]);
  });

  it('is not quoted on before a snapshot came and it has stayed clean for three seconds', () => {
    const teller = quotingStory().wait(1_000).gap().level('bid', 4_300, 100);
    pulledBy(teller);
    expect(teller.wait(10_000).level('bid', 4_300, 100).lines()).toEqual([]);
    expect(teller.book().lines()).toEqual([]);
    expect(teller.wait(2_999).level('bid', 4_300, 100).lines()).toEqual([]);
    expect(teller.wait(1).level('bid', 4_300, 100).lines()).toEqual(SHOWN);
  });

  it('takes every market of its subscription with it, and none of another', () => {
    const teller = quotingStory().market({ ticker: T2 });
    const feed = { conn: 1, sid: 9, seq: 1 };
    teller.tell({ type: 'book_snapshot', feed, ticker: T2, bids: [], asks: [] });
    teller.gap().level('bid', 4_300, 100).turn();
    expect([teller.gate(), teller.gate(T2)]).toEqual(['BOOK', 'one_sided_book']);
  });

  it.each([
    ['that ends', (teller: Story) => teller.tell({ type: 'feed_broken', conn: 1, reason: 'error 25' })],
    ['with a negative level', (teller: Story) => teller.level('bid', 4_400, -10_001)],
  ])('is like a feed %s', (_, breakIt) => {
    const teller = quotingStory().wait(1_000);
    breakIt(teller);
    expect(teller.lines()).toEqual(PULLED);
  });
});

describe('a connection that is lost', () => {
  it('has all quotes pulled, and they are back after it', () => {
    const teller = quotingStory().wait(1_000).disconnect();
    expect(pulledBy(teller)).toEqual(PULLED);
    expect(teller.gate()).toBe('STALE');
    expect(teller.wait(5_000).lines()).toEqual([]);
    teller.connect();
    expect(teller.lines()).toEqual([]);
    teller.book().lines();
    expect(teller.gate()).toBe('BOOK');
    expect(teller.wait(3_000).book().lines()).toEqual(SHOWN);
  });

  it('has the book forgotten: what the last connection said counts for nothing', () => {
    const teller = quotingStory().wait(1_000).disconnect();
    pulledBy(teller);
    expect(teller.connect().wait(60_000).lines()).toEqual([]);
    expect(teller.gate()).toBe('BOOK');
  });

  it('is like one on which nothing is heard', () => {
    const teller = quotingStory().wait(6_000).tell({ type: 'feed_silence', isSilent: true, heardAt: T0 });
    expect(pulledBy(teller)).toEqual(PULLED);
    expect(teller.gate()).toBe('STALE');
    expect(teller.tell({ type: 'feed_silence', isSilent: false, heardAt: after(6_000) }).lines()).toEqual(SHOWN);
  });

  it('and made anew is heard again, whatever was said of silence before', () => {
    const teller = quotingStory().wait(6_000).tell({ type: 'feed_silence', isSilent: true, heardAt: T0 });
    pulledBy(teller);
    teller.disconnect().connect().book().wait(3_000).book();
    expect(teller.lines()).toEqual(SHOWN);
  });
});

describe('a market whose messages are old when they arrive', () => {
  const change = { side: 'bid', price: centicents(4_300), delta: centicontracts(100) } as const;

  /** A change that is so old by the exchange's stamp, and by its time of sending where that is given. */
  function late(teller: Story, age: number, sentAge?: number) {
    const exchangeAt = epochMs(teller.at - age);
    const sentAt = sentAge === undefined ? {} : { sentAt: epochMs(teller.at - sentAge) };
    return teller.tell({
      type: 'book_delta',
      feed: teller.nextFeed(),
      ticker: TICKER,
      ...change,
      exchangeAt,
      ...sentAt,
    });
  }

  function snapshot(teller: Story, age?: number) {
    const [bids, asks] = [levels([[4_400, 10_000]]), levels([[5_600, 10_000]])];
    const stamp = age === undefined ? {} : { sentAt: epochMs(teller.at - age) };
    return teller.tell({ type: 'book_snapshot', feed: teller.nextFeed(), ticker: TICKER, bids, asks, ...stamp });
  }

  it('has its quotes pulled, and is quoted on again when it has been in time for three seconds', () => {
    const teller = quotingStory().wait(10_000);
    expect(late(teller, 3_000).lines()).toEqual([]);
    expect(pulledBy(late(teller, 3_001))).toEqual(PULLED);
    expect(teller.gate()).toBe('STALE');
    expect(late(teller, 20).lines()).toEqual([]);
    expect(late(teller.wait(2_999), 20).lines()).toEqual([]);
    expect(late(teller.wait(1), 20).lines()).toEqual(SHOWN);
  });

  it('is judged by the time of sending where there is one', () => {
    const teller = quotingStory().wait(10_000);
    expect(late(teller, 60_000, 20).lines()).toEqual([]);
    expect(pulledBy(late(teller, 0, 3_001))).toEqual(PULLED);
  });

  it('wants a snapshot once it has fallen quiet, not while it goes on', () => {
    const teller = quotingStory().wait(10_000);
    late(teller, 4_000).turn();
    expect(teller.engine.doubtfulBooks(teller.at)).toEqual([]);
    teller.wait(1_000);
    expect(teller.engine.doubtfulBooks(teller.at)).toEqual([TICKER]);
    late(teller, 4_000);
    expect(teller.engine.doubtfulBooks(teller.at)).toEqual([]);
  });

  it.each([20, undefined])('is mended by a snapshot of age %s', (age) => {
    const teller = quotingStory().wait(10_000);
    pulledBy(late(teller, 4_000));
    snapshot(teller.wait(1_000), age);
    expect(teller.lines()).toEqual([]);
    expect(teller.engine.doubtfulBooks(epochMs(teller.at + 60_000))).toEqual([]);
    teller.wait(3_000);
    expect(teller.lines()).toEqual(SHOWN);
  });

  it('is not mended by a snapshot that is late itself', () => {
    const teller = quotingStory().wait(10_000);
    pulledBy(late(teller, 4_000));
    snapshot(teller.wait(1_000), 4_000);
    teller.wait(10_000);
    expect(teller.lines()).toEqual([]);
    expect(teller.engine.doubtfulBooks(teller.at)).toEqual([TICKER]);
  });

  it('starts with a clean sheet on another connection', () => {
    const teller = quotingStory().wait(10_000);
    pulledBy(late(teller, 4_000));
    snapshot(teller.disconnect().connect());
    teller.wait(3_000);
    expect(teller.lines()).toEqual(SHOWN);
  });
});

describe('a crossed book', () => {
  const crossed = () => quotingStory().wait(1_000).level('ask', 4_300, 500);

  it('is looked at for half a second, for one match may arrive as several deltas', () => {
    const teller = crossed();
    expect([teller.lines(), teller.gate()]).toEqual([[], 'crossed']);
    teller.wait(499).level('bid', 4_400, -10_000);
    expect(teller.engine.market(TICKER)?.crossedAt).toBeUndefined();
  });

  it('is pulled when it stays crossed', () => {
    const teller = crossed();
    expect(teller.wait(499).level('ask', 4_300, 1).lines()).toEqual([]);
    expect(teller.wait(1).level('ask', 4_300, 1).lines()).toEqual(PULLED);
  });

  it('wants a snapshot after two seconds, for the exchange would have matched it (F15)', () => {
    const teller = crossed();
    expect(teller.engine.doubtfulBooks(epochMs(teller.at + 1_999))).toEqual([]);
    expect(teller.engine.doubtfulBooks(epochMs(teller.at + 2_000))).toEqual([TICKER]);
    pulledBy(teller.wait(2_000));
    teller.book([[4_400, 10_000]], [[5_600, 10_000]]);
    expect(teller.engine.doubtfulBooks(epochMs(teller.at + 60_000))).toEqual([]);
    expect([teller.lines(), teller.gate()]).toEqual([[], 'BOOK']);
    expect(teller.wait(3_000).lines()).toEqual(SHOWN);
  });
});

describe('a pause', () => {
  /** Long so many contracts, or short, and then paused. */
  function holding(contracts: number, side: 'bid' | 'ask' = 'bid') {
    const teller = quotingStory().wait(1_000);
    teller.fill(side, contracts * 100);
    teller.quote();
    teller.wait(1_000).turn();
    return teller.tell({ type: 'control', verb: 'pause', by: 'ann' });
  }

  it('shows what takes the position down and nothing else, at most what is held', () => {
    const teller = holding(4);
    expect(teller.quote().map(lineOf)).toEqual(['cancel bid 4800 × 600', 'amend ask 5200 × 400']);
    teller.wait(1_000);
    expect([teller.lines(), teller.resting()]).toEqual([[], ['ask 5200 × 400 working']]);
    expect([teller.gate(), teller.reason('bid')]).toEqual([
      'PAUSED',
      'paused: only what reduces the position is shown',
    ]);
  });

  it('follows the market with it, and ends when nothing is held', () => {
    const teller = holding(4);
    teller.quote();
    teller.wait(1_000).moveTo(4_800, 6_000);
    expect(teller.quote().map(lineOf)).toEqual(['amend ask 5500 × 400']);
    teller.fill('ask', 400);
    expect(teller.wait(60_000).moveTo(4_400, 5_600).lines()).toEqual([]);
    expect(teller.resting()).toEqual([]);
  });

  it('buys back what was sold, and counts the order by hand that would do so as well', () => {
    const teller = holding(4, 'ask');
    expect(teller.quote().map(lineOf)).toEqual(['cancel ask 5200 × 600', 'amend bid 4800 × 400']);
    const record = { orderId: 'x-1', clientOrderId: 'theirs', ticker: TICKER, side: 'bid', status: 'resting' } as const;
    const terms = { price: centicents(4_000), filled: centicontracts(0), remaining: centicontracts(300) };
    teller.tell({ type: 'own_order', source: 'stream', order: { ...record, ...terms } as never });
    expect(teller.wait(1_000).lines()).toEqual(['amend bid 4800 × 100']);
  });

  it('yields to a halt that forbids everything, and holds through one that only retreats', () => {
    const teller = holding(4);
    teller.quote();
    teller.tell({ type: 'rate_limited', until: after(600_000) });
    expect([teller.wait(1_000).lines(), teller.resting()]).toEqual([[], ['ask 5200 × 400 working']]);
    teller.tell({ type: 'control', verb: 'kill', by: 'ann' });
    expect(teller.lines()).toEqual(['cancel ask 5200 × 400']);
  });

  it('that comes in the middle of a 429 takes away what adds, and what is more than is held', () => {
    const teller = quotingStory().wait(1_000);
    teller.fill('bid', 400);
    teller.quote();
    teller.tell({ type: 'rate_limited', until: after(600_000) }, { type: 'control', verb: 'pause', by: 'ann' });
    expect(teller.wait(1_000).lines()).toEqual(['cancel bid 4800 × 600', 'cancel ask 5200 × 1000']);
  });
});

describe('the operator', () => {
  it('pauses and resumes everything', () => {
    const teller = quotingStory().wait(1_000).tell({ type: 'control', verb: 'pause', by: 'ann' });
    expect(pulledBy(teller)).toEqual(PULLED);
    expect(teller.view()).toMatchObject({ state: 'paused' });
    expect(teller.wait(60_000).moveTo(4_300, 5_500).lines()).toEqual([]);
    expect(teller.book().tell({ type: 'control', verb: 'resume', by: 'ann' }).lines()).toEqual(SHOWN);
    expect(teller.engine.takeLog().map(({ text }) => text)).toContain('halt PAUSED (*): paused by ann');
  });

  it('pauses and resumes one market, and the others go on', () => {
    const teller = quotingStory()
      .market({ ticker: T2 })
      .book([[2_400, 1_000]], [[3_600, 1_000]], T2);
    teller.quote();
    teller.wait(1_000).tell({ type: 'control', verb: 'pause', ticker: T2, by: 'ann' });
    expect(teller.quote().map(({ ticker, kind }) => `${kind} ${ticker}`)).toEqual([`cancel ${T2}`, `cancel ${T2}`]);
    expect(teller.gate()).toBeUndefined();
    expect(teller.tell({ type: 'control', verb: 'resume', ticker: T2, by: 'ann' }).lines()).toHaveLength(2);
  });

  it('kills: everything is cancelled and nothing is created again, whatever happens, until the kill is cleared', () => {
    const teller = quotingStory().wait(1_000).tell({ type: 'control', verb: 'kill', by: 'ann' });
    expect(pulledBy(teller)).toEqual(PULLED);
    teller.tell({ type: 'control', verb: 'resume', by: 'ann' }).tell({ type: 'control', verb: 'pause', by: 'ann' });
    teller.tell({ type: 'control', verb: 'resume', by: 'ann' }).disconnect().connect().market({ ticker: T2 });
    teller.book().book([[2_400, 1_000]], [[3_600, 1_000]], T2);
    for (const ms of [0, 1_000, 10_000, 300_000]) expect(teller.wait(ms).lines()).toEqual([]);
    expect(teller.halts()).toEqual(['KILLED *']);
    teller.tell({ type: 'control', verb: 'clear', halt: 'KILLED', by: 'ann' }).book();
    expect(teller.lines()).toHaveLength(4);
  });

  it('stops: everything is cancelled for good', () => {
    const teller = quotingStory().wait(1_000).tell({ type: 'control', verb: 'stop', by: 'ann' });
    expect(pulledBy(teller)).toEqual(PULLED);
    expect(teller.view().state).toBe('stopping');
    expect(teller.wait(5_000).book().lines()).toEqual([]);
  });

  it('kills an order whose create is still in flight as soon as the exchange has named it', () => {
    const teller = story().book();
    const creates = teller.turn();
    expect(teller.tell({ type: 'control', verb: 'kill', by: 'ann' }).lines()).toEqual([]);
    for (const create of creates) teller.accept(create);
    expect(teller.lines()).toEqual(PULLED);
  });
});

describe('a halt from outside the engine', () => {
  const reconcile = { name: 'RECONCILE', scope: '*', since: T0, reason: 'cash differs' } as const;

  it('pulls what it covers until it is taken back', () => {
    const teller = quotingStory().wait(1_000).tell({ type: 'halt_changed', halt: reconcile, isOn: true });
    expect(pulledBy(teller)).toEqual(PULLED);
    expect(teller.view().state).toBe('halted');
    expect(teller.tell({ type: 'halt_changed', halt: reconcile, isOn: false }).lines()).toEqual(SHOWN);
  });

  it.each(['RULES', 'FEES', 'GROUP', 'CLOCK', 'AUTH', 'JOURNAL', 'INVARIANT', 'SECOND_WRITER'] as const)(
    'of the name %s pulls',
    (name: HaltName) => {
      const halt = { name, scope: TICKER, since: T0, reason: 'why' };
      expect(quotingStory().tell({ type: 'halt_changed', halt, isOn: true }).lines()).toEqual(PULLED);
    },
  );
});

describe('the exchange', () => {
  it('pauses trading: quotes are pulled, and back when it trades again', () => {
    const teller = quotingStory().wait(1_000).tell({ type: 'exchange_status_changed', isTrading: false });
    expect(pulledBy(teller)).toEqual(PULLED);
    expect(teller.halts()).toEqual(['CLOSED *']);
    expect(teller.tell({ type: 'exchange_status_changed', isTrading: true }).lines()).toEqual(SHOWN);
  });

  it('does not take our key any more: everything halts, and it is said how long orders may rest', () => {
    const teller = quotingStory().moveTo(3_000, 4_200);
    const [intent] = teller.turn();
    if (intent === undefined) return expect.unreachable();
    const shutOut = { kind: 'refused', status: 401, code: 'authentication_error', message: 'no such key' } as const;
    teller.changed(intent, shutOut).changed(intent, shutOut).turn();
    expect(teller.halts()).toEqual([]);
    teller.changed(intent, shutOut).turn();
    expect(teller.halts()).toEqual(['AUTH *']);
    const [halt] = teller.engine.halts.all();
    expect(halt?.reason).toMatch(/401 authentication_error.*may be impossible.*for 180 s more/);
    expect(
      teller
        .wait(60_000)
        .moveTo(4_400, 5_600)
        .lines()
        .filter((line) => !line.startsWith('cancel')),
    ).toEqual([]);
  });

  it('takes a stamp for too old: that is no word against the key', () => {
    const teller = story().book();
    const [create] = teller.turn();
    if (create === undefined) return expect.unreachable();
    const late = { kind: 'refused', status: 401, code: 'header_timestamp_expired', message: '' } as const;
    for (let times = 0; times < 4; times += 1) teller.created(create, late).turn();
    expect(teller.halts()).toEqual([]);
  });

  it('asks for patience: nothing is created, what is too bold is cancelled, until the time it named', () => {
    const teller = quotingStory()
      .wait(1_000)
      .tell({ type: 'rate_limited', until: after(3_000) });
    expect(pulledBy(teller.moveTo(4_700, 5_900))).toEqual(['cancel ask 5200 × 1000']);
    expect(teller.gate()).toBe('LIMITED');
    expect(teller.wait(1_999).moveTo(4_700, 5_900).lines()).toEqual([]);
    expect(teller.wait(1).moveTo(4_700, 5_900).lines()).toEqual(['amend bid 5100 × 1000', 'create ask 5500 × 1000']);
    expect(teller.halts()).toEqual([]);
  });
});

describe('the loss of a day', () => {
  /** 23:50 in New York, 15 November 2026 (winter: UTC − 5 h). */
  const EVENING = epochMs(Date.UTC(2026, 10, 16, 4, 50));

  /** Has bought 100 contracts at 48 ¢; each cent the market falls costs $1. */
  function holder(at: EpochMs = T0): Story {
    const teller = story({ risk: { dayLoss: dollars(10), position: centicontracts(20_000) } });
    teller.wait(at - T0).market({ openAt: at, closeAt: epochMs(at + 20 * MINUTE_MS) });
    teller.book().tell({
      type: 'fill',
      ...{ tradeId: 't1', orderId: 'by hand', ticker: TICKER, side: 'bid', isTaker: false },
      ...{ price: centicents(4_800), size: centicontracts(10_000), fee: dollars(0) },
    });
    teller.quote();
    return teller.wait(1_000);
  }

  it('halts everything at the limit, mark and fees included', () => {
    const teller = holder();
    teller.turn();
    expect(teller.engine.money.dayProfit()).toBe(dollars(-4));
    teller.wait(1_000).moveTo(3_801, 5_600).turn();
    teller.wait(1_000).turn();
    expect([teller.engine.money.dayProfit(), teller.halts()]).toEqual([dollars(-9.99), []]);
    teller.moveTo(3_800, 5_600).turn();
    teller.wait(1_000).quote();
    expect([teller.engine.money.dayProfit(), teller.halts()]).toEqual([dollars(-10), ['LOSS_DAY *']]);
    expect(teller.resting()).toEqual([]);
    expect(teller.wait(60_000).moveTo(4_400, 5_600).lines()).toEqual([]);
  });

  it('is counted anew from midnight in New York, and a halt of the day before stays until somebody clears it', () => {
    const teller = holder(EVENING);
    teller.moveTo(3_700, 5_600).turn();
    teller.wait(1_000).quote();
    expect(teller.halts()).toEqual(['LOSS_DAY *']);
    teller.wait(10 * MINUTE_MS - 3_000).turn();
    expect(teller.engine.money.dayProfit()).toBe(dollars(-11));
    teller.wait(1_000).turn();
    expect([teller.engine.money.dayProfit(), teller.halts()]).toEqual([0, ['LOSS_DAY *']]);
    teller.wait(1_000).tell({ type: 'control', verb: 'clear', halt: 'LOSS_DAY', by: 'ann' });
    expect(teller.turn().map(({ kind }) => kind)).toEqual(['create']);
    teller.wait(2_000).turn();
    expect(teller.halts()).toEqual([]);
  });
});

describe('the loss of a day that began before this session', () => {
  /** 100 contracts were bought and sold again at a loss of $9, fees included. */
  function restarted(tradedAt: EpochMs, dayLoss = 10): Story {
    const parameters = parametersOf({ risk: { dayLoss: dollars(dayLoss) } });
    const teller = new Story({ idPrefix: 'kmm-a-2', parameters });
    const fill = { type: 'fill', orderId: 'x', ticker: TICKER, isTaker: false, at: T0, exchangeAt: tradedAt } as const;
    const terms = { size: centicontracts(10_000), fee: dollars(0.5) };
    return teller
      .tell({
        type: 'ledger_restored',
        openingCash: [{ shard: 0, cash: dollars(1_000) }],
        settlements: [],
        fills: [
          { ...fill, ...terms, tradeId: 't1', side: 'bid', price: centicents(5_000) },
          { ...fill, ...terms, tradeId: 't2', side: 'ask', price: centicents(4_200) },
        ],
      })
      .tell({ type: 'connection_changed', isUp: true, conn: 1 })
      .market();
  }

  it('counts what was lost in it already: a restart gives nothing back', () => {
    const teller = restarted(epochMs(T0 - MINUTE_MS));
    teller.turn();
    expect([teller.engine.money.dayProfit(), teller.halts()]).toEqual([dollars(-9), []]);
    const halted = restarted(epochMs(T0 - MINUTE_MS), 9).book();
    expect([halted.lines(), halted.halts()]).toEqual([[], ['LOSS_DAY *']]);
  });

  it('counts nothing of the day before', () => {
    const teller = restarted(epochMs(T0 - 25 * 60 * MINUTE_MS));
    teller.turn();
    expect([teller.engine.money.dayProfit(), teller.halts()]).toEqual([0, []]);
  });
});

describe('the pace of sending', () => {
  /** The market jumps up and down, and the exchange does all that we ask. */
  function chase(teller: Story, times: number): number {
    let sent = 0;
    for (let n = 0; n < times; n += 1) {
      const up = n % 2 === 0;
      teller.wait(300).moveTo(up ? 4_000 : 4_400, up ? 5_200 : 5_600);
      sent += teller.quote().filter(({ kind }) => kind !== 'cancel').length;
    }
    return sent;
  }

  it('is capped: then only cancels go out, and a fill in the minute shows that it was no runaway', () => {
    const teller = quotingStory({ risk: { ordersPerMinute: 10 } });
    teller.fill('bid', 1);
    chase(teller, 20);
    const sent = teller.asked.filter(({ kind }) => kind !== 'cancel').length;
    expect(sent).toBeGreaterThanOrEqual(10);
    expect(sent).toBeLessThanOrEqual(11);
    expect(teller.halts()).toEqual([]);
    expect(teller.asked.at(-1)?.kind).toBe('cancel');
    expect(teller.reason('bid')).toBe(`waiting: the minute's orders are used up`);
    expect(teller.wait(60_000).book().lines()).toContain('create bid 4800 × 1000');
  });

  it('that reaches the cap without a fill is a runaway, which only the operator clears', () => {
    const teller = quotingStory({ risk: { ordersPerMinute: 10 } });
    chase(teller, 20);
    expect(teller.halts()).toEqual(['RUNAWAY *']);
    expect(teller.resting()).toEqual([]);
    expect(teller.wait(300_000).book().lines()).toEqual([]);
    teller.tell({ type: 'control', verb: 'clear', halt: 'RUNAWAY', by: 'ann' });
    expect(teller.lines()).toEqual(SHOWN);
  });
});
