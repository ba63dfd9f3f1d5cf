/** Every limit of the registry binds, for quotes and for orders by hand, and does not where it is wide. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { HandOrder } from '../../../src/lib/core/hand/hand-types.ts';
import { completed, type Parameters } from '../../../src/lib/core/parameters.ts';
import { formatLimit, LIMIT_NAMES, LIMITS, type LimitName, shareOf } from '../../../src/lib/core/risk/limits.ts';
import { type BasisPoints, centicents, centicontracts, type Side } from '../../../src/lib/core/units.ts';
import { dollars, emptyStory, MARKET, parametersOf, Story, type StoryOptions, story } from '../../support/engine.ts';
import { after, TICKER } from '../../support/orders.ts';

const DAY_MS = 86_400_000;
const share = (percent: number) => (percent * 100) as BasisPoints;

let traded = 0;
/** A fill of somebody's order on our account, in a market that we do not quote. */
function trade(side: Side, price: number, size: number, ticker = 'KXOLD-26NOV20-T1') {
  traded += 1;
  return {
    type: 'fill',
    ...{ tradeId: `limits-${traded}`, orderId: 'elsewhere', ticker, side, price: centicents(price), shard: 0 },
    ...{ size: centicontracts(size), isTaker: true, fee: dollars(0) },
  } as const;
}

/** So many dollars are lost at once. */
function lose(teller: Story, amount: number): Story {
  return teller.tell(trade('bid', 6_000, amount * 1_000), trade('ask', 5_000, amount * 1_000));
}

function asked(side: Side, price: number, size: number): HandOrder {
  const life = { kind: 'rest', ms: 60_000 } as const;
  return { kind: 'order', id: 'ask', ticker: TICKER, side, life, price: centicents(price), size: centicontracts(size) };
}

interface Row {
  /** With it an order of ten at 48 ¢ is one too many. */
  readonly tight: StoryOptions;
  readonly price?: number;
  /** Where the quoter has nothing to do with it, or says it in other words. */
  readonly said?: string | null;
}

const REFUSING: Partial<Record<LimitName, Row>> = {
  order_size: { tight: { risk: { orderSize: centicontracts(999) } } },
  order_value: { tight: { risk: { orderValue: dollars(4.79) } } },
  price: { tight: { risk: { handPrice: centicents(499) } }, price: 5_500, said: null },
  position: { tight: { risk: { position: centicontracts(999) } } },
  final_position: {
    tight: { inventory: { finalMs: DAY_MS, finalShare: share(100), finalPosition: centicontracts(999) } },
  },
  market_loss: { tight: { risk: { marketLoss: dollars(4.79) } } },
  strike_loss: { tight: { risk: { totalLoss: dollars(47.9), strikeShare: share(10) } } },
  event_loss: { tight: { risk: { eventLoss: dollars(4.79) } } },
  group_loss: { tight: { risk: { groupLoss: dollars(4.79) } } },
  total_loss: { tight: { risk: { totalLoss: dollars(4.79) } } },
  group_imbalance: { tight: { risk: { groupImbalance: centicontracts(999) } } },
  total_imbalance: { tight: { risk: { totalImbalance: centicontracts(999) } } },
  cash: { tight: { cash: 4.79 } },
  orders_per_minute: { tight: { risk: { ordersPerMinute: 0 } }, said: "waiting: the minute's orders are used up" },
  sent_minute: {
    tight: { risk: { sentMinute: centicontracts(999) } },
    said: "waiting: the minute's contracts are used up",
  },
  sent_day: { tight: { risk: { sentDay: centicontracts(999) } }, said: "waiting: the day's contracts are used up" },
};

const HALTING: Partial<Record<LimitName, { readonly tight: StoryOptions; readonly come: (teller: Story) => void }>> = {
  day_loss: { tight: { risk: { dayLoss: dollars(5) } }, come: (teller) => void lose(teller, 5).turn() },
  week_loss: {
    tight: { risk: { weekLoss: dollars(8) } },
    come(teller) {
      lose(teller, 4).wait(1_000).turn();
      expect(teller.halts()).toEqual([]);
      lose(teller.wait(DAY_MS), 4).turn();
    },
  },
  drawdown: {
    tight: { risk: { drawdownShare: share(1) } },
    come(teller) {
      // Ten above the start: the peak is $1,010, and 1 % of it are lost first with the last ten cents.
      teller
        .tell(trade('bid', 5_000, 10_000), trade('ask', 6_000, 10_000))
        .wait(1_000)
        .turn();
      lose(teller, 10).wait(1_000).turn();
      expect(teller.halts()).toEqual([]);
      lose(teller, 1).wait(1_000).turn();
    },
  },
  losses_in_a_row: {
    tight: { risk: { coolOffLosses: 3, coolOffMs: 60_000 } },
    come(teller) {
      for (const amount of [1, 1]) lose(teller, amount);
      teller.tell(trade('bid', 5_000, 100), trade('ask', 6_000, 100));
      for (const amount of [1, 1]) lose(teller, amount);
      teller.wait(1_000).turn();
      expect(teller.halts()).toEqual([]);
      lose(teller, 1).wait(1_000).turn();
    },
  },
};

describe('every limit', () => {
  it('is in one of the tables of this file', () => {
    expect([...Object.keys(REFUSING), ...Object.keys(HALTING)].sort()).toEqual([...LIMIT_NAMES].sort());
    for (const name of LIMIT_NAMES) expect([name, name in REFUSING]).toEqual([name, LIMITS[name].acts === 'refuse']);
  });

  it.each(Object.entries(REFUSING))('%s refuses an order by hand, and a wide one does not', (limit, row) => {
    const { tight, price = 4_800 } = row;
    const verdictOf = (options: StoryOptions) =>
      story(options)
        .book()
        .engine.consider(asked('bid', price, 1_000), after(0));
    expect(verdictOf(tight)).toMatchObject({ kind: 'refused', refusal: { word: limit } });
    expect(verdictOf({}).kind).toBe('permitted');
  });

  it.each(Object.entries(REFUSING).filter(([, { said }]) => said !== null))('%s refuses a quote', (limit, row) => {
    // Something has just filled, so that nothing to send is no runaway.
    const teller = story(row.tight)
      .tell(trade('bid', 1, 1))
      .book();
    expect(teller.lines()).toEqual([]);
    if (row.said === undefined) expect(teller.engine.market(TICKER)?.decision?.bid.limit).toBe(limit);
    else expect(teller.reason('bid')).toBe(row.said);
    expect(story().book().lines()).toHaveLength(2);
  });

  it.each(Object.entries(HALTING))('%s halts everything, and a wide one does not', (limit, { tight, come }) => {
    const teller = emptyStory(tight);
    come(teller);
    const { acts } = LIMITS[limit as LimitName];
    expect(teller.halts()).toEqual([`${acts} *`]);
    const wide = emptyStory();
    come(wide);
    expect(wide.halts()).toEqual([]);
  });

  it('is told by how full it is, in flight included', () => {
    const teller = story().book();
    teller.turn();
    const uses = teller.view().uses ?? [];
    const of = (limit: LimitName) =>
      uses.filter((one) => one.limit === limit).map(({ subject, used }) => [subject, used]);
    expect(of('market_loss')).toEqual([[TICKER, dollars(4.8)]]);
    expect(of('strike_loss')).toEqual([[TICKER, dollars(4.8)]]);
    expect(of('event_loss')).toEqual([[MARKET.eventTicker, dollars(4.8)]]);
    expect(of('group_loss')).toEqual([[MARKET.seriesTicker, dollars(4.8)]]);
    expect(of('total_loss')).toEqual([[undefined, dollars(4.8)]]);
    expect(of('position')).toEqual([[TICKER, 1_000]]);
    expect(of('group_imbalance')).toEqual([[MARKET.seriesTicker, 1_000]]);
    expect(of('orders_per_minute')).toEqual([[undefined, 2]]);
    expect(of('sent_minute')).toEqual([[undefined, 2_000]]);
    expect(of('cash')).toEqual([['shard 0', dollars(9.6)]]);
  });

  it('is in docs/limits.md, and nothing else is', () => {
    const text = readFileSync(new URL('../../../docs/limits.md', import.meta.url), 'utf8');
    const rows = text.split('\n').filter((line) => line.startsWith('| `'));
    const expected = LIMIT_NAMES.map((name) => {
      const { unit, scope, keys, acts, fills } = LIMITS[name];
      const set = keys.map((key) => `\`${key}\``).join(', ') || 'the exchange';
      const act = acts === 'refuse' ? 'refuses' : `halts \`${acts}\``;
      return `| \`${name}\` | ${unit} | ${scope} | ${set} | ${act} | ${fills} |`;
    });
    expect(rows).toEqual(expected);
  });

  it('has its figures in words', () => {
    expect(formatLimit('dollars', 1_500_000)).toBe('$1.500000');
    expect([formatLimit('contracts', 1_250), formatLimit('price', 2_000), formatLimit('count', 7)]).toEqual([
      ...['12.50', '0.2000', '7'],
    ]);
    expect([shareOf(dollars(300), share(20)), shareOf(dollars(-5), share(20))]).toEqual([dollars(60), 0]);
  });
});

describe('a limit on sends', () => {
  it('does not count what renews a lease or takes off, and counts all of what moves', () => {
    const teller = story().book();
    teller.quote();
    const sent = () => teller.engine.account.pace.sizeInMinute(teller.at);
    expect(sent()).toBe(2_000);
    teller.wait(55_000);
    teller.turn();
    teller.wait(2_000).moveTo(4_000, 5_200);
    teller.quote();
    expect(sent()).toBe(4_000);
  });
});

describe('correlation groups', () => {
  const groups = [{ name: 'pair', members: ['KXTEST', 'KXOTHER'], loss: dollars(9) }];
  const other = { ticker: 'KXOTHER-26NOV20-T1', eventTicker: 'KXOTHER-26NOV20', seriesTicker: 'KXOTHER' };

  it('share a limit over series; the one that finds it full is refused by its name', () => {
    const teller = story({ risk: { groups, groupLoss: dollars(1) } }).book();
    teller.quote();
    teller.market(other).book([[4_400, 10_000]], [[5_600, 10_000]], other.ticker);
    expect(teller.lines()).toEqual([]);
    expect(teller.reason('bid', other.ticker)).toBe('group loss in pair would be $9.600000 of $9.000000');
  });

  it('of single markets count those alone, and of others their series', () => {
    const only = [{ name: 'one', members: [TICKER], loss: dollars(300) }];
    const teller = story({ risk: { groups: only, groupLoss: dollars(4.79) } }).book();
    teller.market({ ticker: 'KXTEST-26NOV20-T2' }).book([[4_400, 10_000]], [[5_600, 10_000]], 'KXTEST-26NOV20-T2');
    teller.quote();
    expect(teller.resting()).toHaveLength(2);
    expect(teller.reason('bid', 'KXTEST-26NOV20-T2')).toMatch(/^group loss in KXTEST would be/);
  });
});

describe('imbalance', () => {
  it('never holds up what takes down a position of the market itself', () => {
    const teller = emptyStory({ risk: { groupImbalance: centicontracts(2_000) } });
    const [a, b] = ['KXTEST-A-1', 'KXTEST-B-1'];
    for (const ticker of [a, b])
      teller.market({ ticker, eventTicker: ticker.slice(0, -2) }).book([[4_400, 9_000]], [[5_600, 9_000]], ticker);
    teller.tell(trade('ask', 5_000, 4_000, a), trade('bid', 5_000, 500, b));
    // Short 40 and long 5: nothing more is sold anywhere, but for the five.
    const verdict = (size: number) => teller.engine.consider({ ...asked('ask', 5_200, size), ticker: b }, after(0));
    expect(verdict(600)).toMatchObject({ refusal: { word: 'group_imbalance' } });
    expect(verdict(500).kind).toBe('permitted');
  });
});

describe('a session from before there were these limits', () => {
  it('is played again as it was: none of them binds', () => {
    const { risk, inventory: _none, ...rest } = parametersOf();
    const { marketLoss, eventLoss, totalLoss, position, orderSize, dayLoss, ordersPerMinute } = risk;
    const old = { marketLoss, eventLoss, totalLoss, position, orderSize, dayLoss, ordersPerMinute };
    const parameters = completed({ ...rest, risk: old } as unknown as Parameters);
    const teller = new Story({ idPrefix: 'kmm-a-1', parameters });
    const openingCash = [{ shard: 0, cash: dollars(1_000) }];
    teller.tell({ type: 'ledger_restored', openingCash, fills: [], settlements: [] });
    teller.tell({ type: 'connection_changed', isUp: true, conn: 1 });
    teller.tell({ type: 'feed_started', conn: 1, sid: 2, channel: 'orderbook_delta' });
    expect(teller.market().book().lines()).toEqual(story().book().lines());
  });
});
