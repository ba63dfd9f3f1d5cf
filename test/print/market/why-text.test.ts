/** How `kmm why` reads: operator.md's own example, and every other thing that can be done on a side. */
import { describe, expect, it } from 'vitest';
import { glyphs } from '../../../src/format.ts';
import type { DecisionRecord, SideRecord } from '../../../src/lib/app/why/decision-record.ts';
import type { Cause, Decided, WhyAnswer } from '../../../src/lib/app/why/why.ts';
import { type Centicents, type Centicontracts, type EpochMs, epochMs } from '../../../src/lib/core/units.ts';
import { sideLine } from '../../../src/print/market/why-side.ts';
import { whyLines } from '../../../src/print/market/why-text.ts';

/** 14:03:22 in New York. */
const AT = epochMs(Date.UTC(2026, 10, 20, 19, 3, 22));
const TICKER = 'KXHIGHNY-26NOV20-T50';
const price = (cents: number) => Math.round(cents * 100) as Centicents;
const size = (contracts: number) => Math.round(contracts * 100) as Centicontracts;

const BID: SideRecord = {
  ...{ act: 'kept', reason: 'kept: 0.3 ¢ < 0.5 ¢', isShown: true, raw: 4_520, size: size(50), price: price(45) },
  ...{ feeDollars: 0.004, ruleEdgeDollars: 0.01, ahead: { contracts: size(88), at: epochMs(AT - 24_000) } },
  standing: { clientOrderId: 'kmm-1', price: price(45), remaining: size(50) },
};
const ASK: SideRecord = {
  ...{ act: 'kept', reason: 'kept: 0 ¢ < 0.5 ¢', isShown: true, raw: 4_760, size: size(50), price: price(48) },
  ...{ feeDollars: 0.004, ruleEdgeDollars: 0.012, ahead: { contracts: size(142), at: epochMs(AT - 24_000) } },
  standing: { clientOrderId: 'kmm-2', price: price(48), remaining: size(50) },
};
const RECORD: DecisionRecord = {
  ...{ posture: 'quote', halts: [], position: size(35), bid: BID, ask: ASK },
  fair: { probability: 0.468, standardError: 0.019, source: 'nws-ensemble v12', at: epochMs(AT - 180_000), inputs: {} },
  ...{ reservation: 0.464, numbers: { intervalDollars: 0.003 }, minimumEdgeDollars: 0.005 },
};

function decided(record: DecisionRecord, more: Partial<Decided> = {}): Decided {
  return {
    ...{ kind: 'decided', ticker: TICKER, session: 3, turn: 9, decidedAt: epochMs(AT - 3_000), record },
    ...{ halts: [], intents: [], fills: [] },
    ...more,
  };
}

function lines(...answers: WhyAnswer[]): string[] {
  return whyLines({ at: AT, isRunning: false, answers }, { signs: glyphs(false), zone: 'ET' });
}

describe('why', () => {
  it('reads as operator.md has it', () => {
    expect(lines(decided(RECORD))).toMatchInlineSnapshot(`
      [
        "KXHIGHNY-26NOV20-T50  2026-11-20 14:03:22 ET  session 3, decided 14:03:19.0, unchanged for 3.0 s",
        "fair 46.8 ±1.9 (nws-ensemble v12, 2m57 old)  →  reservation 46.4 (holding +35: -0.4), half-spread 1.2 (0.9 + interval 0.3)",
        "bid  45.2 → grid 45, edge 1.4, maker fee 0.4, 1.0 ≥ 0.5; 50 @ 45 on the book, 88 ahead (at 14:02:58): kept, change 0.3 ¢ < 0.5 ¢, nothing sent",
        "ask  47.6 → grid 48, edge 1.6, maker fee 0.4, 1.2 ≥ 0.5; 50 @ 48 on the book, 142 ahead (at 14:02:58): kept, change 0 ¢ < 0.5 ¢, nothing sent",
      ]
    `);
  });

  it('names halts with who, when and why, and what came of the orders', () => {
    const record: DecisionRecord = {
      ...{ posture: 'pull', gate: { name: 'RECONCILE', reason: 'cash differs' }, halts: [], position: size(35) },
      bid: {
        act: 'cancelled',
        reason: 'cash differs',
        isShown: false,
        ...(BID.standing && { standing: BID.standing }),
      },
      ask: { act: 'none', reason: 'cash differs', isShown: false },
    };
    const reason = 'cash differs: shard 2: ours $120.000000, theirs $119.500000';
    const halt = {
      name: 'RECONCILE',
      scope: '*',
      since: epochMs(AT - 5_000),
      reason,
      by: 'the trader',
      clears: 'operator',
    } as const;
    const order = { clientOrderId: 'kmm-1', side: 'bid', price: price(45), size: size(50) } as const;
    const detail = JSON.stringify({ status: 400, code: 'post_only_cross', message: 'would cross' });
    expect(
      lines(
        decided(record, {
          halts: [halt],
          intents: [
            { ...order, at: epochMs(AT - 100), kind: 'cancel', orderId: 'x-1' },
            {
              ...order,
              at: epochMs(AT - 900),
              kind: 'create',
              outcome: { kind: 'refused', at: epochMs(AT - 880), detail },
            },
          ],
          fills: [
            { at: AT as EpochMs, orderId: 'x-1', side: 'bid', price: price(45), size: size(2), fee: 4_000 as never },
          ],
        }),
      ),
    ).toMatchInlineSnapshot(`
      [
        "KXHIGHNY-26NOV20-T50  2026-11-20 14:03:22 ET  session 3, decided 14:03:19.0, unchanged for 3.0 s",
        "no quote: RECONCILE, cash differs",
        "halt RECONCILE on everything since 14:03:17 by the trader: cash differs: shard 2: ours $120.000000, theirs $119.500000 (cleared by kmm resume RECONCILE)",
        "bid  50 @ 45 on the book: cancelled",
        "ask  nothing on the book, nothing sent",
        "  14:03:22.0 filled: bought 2 @ 45, fee $0.004000  (x-1)",
        "  14:03:21.9 cancel bid @ 45: no answer yet  (x-1)",
        "  14:03:21.1 create bid 50 @ 45: refused after 20 ms, post_only_cross: would cross  (kmm-1)",
      ]
    `);
  });

  it.each<[Cause, string]>([
    [
      'no_session',
      'no session ran at 2026-11-20 14:03:22 ET: the last one ended 2026-11-20 14:02:22 ET, the next began 2026-11-20 14:04:22 ET',
    ],
    [
      'session_died',
      'session 3 had died by 2026-11-20 14:03:22 ET: its last sign of life is of 2026-11-20 14:02:22 ET, the next began 2026-11-20 14:04:22 ET',
    ],
    ['starting', 'session 3 was still starting at 2026-11-20 14:03:22 ET: it decided first at 14:04:22.0'],
    ['not_followed', 'session 3 did not follow this market: name it in markets.tickers or --markets'],
    ['not_yet', 'session 3 followed this market only from 2026-11-20 14:04:22 ET'],
    [
      'left',
      'session 3 no longer followed this market, from 2026-11-20 14:02:22 ET: it was over and nothing was held in it',
    ],
    ['pruned', 'what session 3 decided is no longer kept; replay its tape'],
    ['newer_form', 'session 3 was written by another version of kmm, whose decisions this one cannot read'],
  ])('says why there is nothing: %s', (cause, text) => {
    const around = { before: epochMs(AT - 60_000), after: epochMs(AT + 60_000) };
    expect(lines({ kind: 'undecided', ticker: TICKER, cause, session: 3, ...around })).toEqual([`${TICKER}  ${text}`]);
  });

  it.each<[Partial<SideRecord>, string]>([
    [
      { act: 'moved', reason: 'moved 2 ¢', price: price(43) },
      'bid  45.2 → grid 43, edge 3.4, maker fee 0.4, 1.0 ≥ 0.5; 50 @ 45 on the book, 88 ahead (at 14:02:58): moved 2 ¢, 50 @ 43 sent',
    ],
    [
      { act: 'patient', reason: 'kept: changed 167 ms ago' },
      'bid  45.2 → grid 45, edge 1.4, maker fee 0.4, 1.0 ≥ 0.5; 50 @ 45 on the book, 88 ahead (at 14:02:58): kept, changed 167 ms ago, nothing sent',
    ],
    [
      { act: 'renewed', reason: 'lease renewed' },
      'bid  45.2 → grid 45, edge 1.4, maker fee 0.4, 1.0 ≥ 0.5; 50 @ 45 on the book, 88 ahead (at 14:02:58): kept, its lease renewed',
    ],
    [
      { act: 'waiting', reason: 'waiting: amend in flight' },
      'bid  45.2 → grid 45, edge 1.4, maker fee 0.4, 1.0 ≥ 0.5; 50 @ 45 on the book, 88 ahead (at 14:02:58): waits, amend in flight',
    ],
    [
      { act: 'cancelled', isShown: false, limit: 'position', reason: 'position would be 120 of 100' },
      'bid  45.2 → grid 45, edge 1.4, maker fee 0.4, 1.0 ≥ 0.5; refused by the risk gate: position would be 120 of 100; 50 @ 45 on the book, 88 ahead (at 14:02:58): cancelled',
    ],
  ])('says what is done on a side: %j', (changes, text) => {
    expect(sideLine('bid', { ...BID, ...changes }, RECORD, glyphs(false))).toBe(text);
  });

  it('says what quotes are wider by, because of the last fills', () => {
    const numbers = { adverseDollars: 0.004, adverseSurchargeDollars: 0.016 };
    expect(sideLine('bid', { ...BID, ruleEdgeDollars: 0.01 }, { ...RECORD, numbers }, glyphs(false))).toContain(
      'maker fee 0.4, adverse move 0.4 and 1.6 more as the last fills showed, 1.0 ',
    );
  });

  it('says what is not worth showing, what the strategy leaves out and what is new', () => {
    const { price: _, standing: _standing, ahead: _ahead, ...bare } = BID;
    const signs = glyphs(true);
    const none = { ...bare, act: 'none', isShown: false } as const;
    expect([
      sideLine(
        'bid',
        { ...none, suppression: 'edge', rejectedPrice: price(46), ruleEdgeDollars: 0.001 },
        RECORD,
        signs,
      ),
      sideLine('bid', { ...none, suppression: 'off_grid', raw: -20 }, RECORD, signs),
      sideLine('bid', { ...bare, act: 'new', reason: 'new', price: price(45) }, RECORD, signs),
    ]).toEqual([
      'bid  45.2 -> grid 46, edge 0.4, maker fee 0.4, 0.1 < 0.5: not worth showing; nothing sent',
      'bid  -0.2: beyond the last price the market accepts; nothing sent',
      'bid  45.2 -> grid 45, edge 1.4, maker fee 0.4, 1.0 >= 0.5; nothing on the book: 50 @ 45 sent',
    ]);
  });
});
