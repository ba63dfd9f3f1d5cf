/** `kmm why` held against the engine of a session, second by second, market by market. */
import { describe, expect, it } from 'vitest';
import { glyphs } from '../../../src/format.ts';
import { JournalHistory } from '../../../src/lib/adapters/store/journal-history.ts';
import { StoreProblem } from '../../../src/lib/adapters/store/problem.ts';
import type { SideRecord } from '../../../src/lib/app/why/decision-record.ts';
import { meaningOf, recordOf } from '../../../src/lib/app/why/decision-record.ts';
import { decodeRecord, encodeRecord } from '../../../src/lib/app/why/decision-text.ts';
import { answer, type Decided, type WhyAnswer, why } from '../../../src/lib/app/why/why.ts';
import type { Engine } from '../../../src/lib/core/engine.ts';
import type { Decision, SideDecision } from '../../../src/lib/core/quoting/decide.ts';
import { type Centicontracts, type EpochMs, epochMs } from '../../../src/lib/core/units.ts';
import type { ForecastSource } from '../../../src/lib/ports.ts';
import { whyLines } from '../../../src/print/market/why-text.ts';
import { parametersOf } from '../../support/engine.ts';
import { openedJournal } from '../../support/journal.ts';
import { clampedTo, standing } from '../../support/standings.ts';
import { Scene } from '../../support/virtual-session.ts';

interface Seen {
  readonly at: EpochMs;
  readonly ticker: string;
  readonly decision: Decision | undefined;
  readonly halts: readonly string[];
}

/** What the engine itself thinks of each market now. */
function look(engine: Engine, at: EpochMs): Seen[] {
  return [...engine.markets()].map(({ market, decision }) => ({
    ...{ at, ticker: market.ticker, decision },
    halts: engine.halts.covering(market, engine.config.parameters.strategy).map(({ name }) => name),
  }));
}

/** Ages and distances go on changing while the reason stays. */
function words(reason: string): string {
  return reason.replace(/[\d.]+/g, '#');
}

function sideOfEngine({ act, reason, shown, limit, quote, standing }: SideDecision) {
  return {
    ...{ act, reason: words(reason), isShown: shown !== undefined, limit },
    suppression: quote?.reason,
    order: standing && [standing.clientOrderId, standing.price, standing.remaining],
  };
}

function sideOfAnswer(side: SideRecord | undefined) {
  const { act, reason = '', isShown, limit, suppression, standing } = side ?? {};
  return {
    ...{ act, reason: words(reason), isShown, limit, suppression },
    order: standing && [standing.clientOrderId, standing.price, standing.remaining],
  };
}

function engineSays({ decision, halts }: Seen) {
  if (decision === undefined) return { posture: 'waiting', gate: undefined, halts };
  const { posture, gate, position, bid, ask } = decision;
  const why = gate && [gate.name, words(gate.reason)];
  return { posture, gate: why, halts, position, bid: sideOfEngine(bid), ask: sideOfEngine(ask) };
}

function answerSays(told: WhyAnswer) {
  if (told.kind === 'undecided') return told.cause;
  const { posture, gate, halts, position, bid, ask } = told.record;
  const names = halts.map(({ name }) => name);
  if (posture === 'waiting') return { posture, gate: undefined, halts: names };
  const why = gate && [gate.name, words(gate.reason)];
  return { posture, gate: why, halts: names, position, bid: sideOfAnswer(bid), ask: sideOfAnswer(ask) };
}

/** A record, and the same after it was text; with a place in the queue for each order. */
function textsOf(decision: Decision | undefined, at: EpochMs) {
  const around = {
    halts: [],
    parameters: parametersOf(),
    aheadOf: () => ({ contracts: 8_800 as Centicontracts, at: epochMs(at - 4_000) }),
  };
  const record = recordOf(decision, around);
  return [record, decodeRecord(encodeRecord(record, at), at)] as const;
}

function historyOf(scene: Scene): JournalHistory {
  const { database, env } = scene.configuration.home;
  const history = JournalHistory.open(database, env);
  if (history instanceof StoreProblem) throw history;
  return history;
}

const MARKETS = 'KXBTC15M,KXHIGHNY';

describe('why answers for every quote and every missing quote of a session', () => {
  it('as the engine itself would have at that second: quotes, halts, silence, a crash and a restart', async () => {
    const seen: Seen[] = [];
    const scene = new Scene(MARKETS);
    let isMute = false;
    const first = await scene.open({ frame: (frame) => (isMute ? undefined : frame) });
    const live = async (seconds: number, engine: Engine) => {
      for (let second = 0; second < seconds; second++) {
        await scene.run(1);
        seen.push(...look(engine, scene.clock.now()));
      }
      // What is done next is of another moment.
      await scene.run(0.01);
    };
    await live(12, first.session.engine);
    first.session.emit({ type: 'control', at: scene.clock.now(), verb: 'pause', by: 'the test' });
    await live(3, first.session.engine);
    first.session.emit({ type: 'control', at: scene.clock.now(), verb: 'resume', by: 'the test' });
    isMute = true;
    await live(8, first.session.engine);
    isMute = false;
    const up = scene.cut();
    await live(2, first.session.engine);
    up();
    await live(6, first.session.engine);
    const diedAt = scene.clock.now();
    await scene.crash(150);
    const gapAt = epochMs(diedAt + 120_000);
    const second = await scene.open();
    const startedAt = scene.clock.now();
    const standings = [
      clampedTo(500, { model: 'micro', series: 'KXHIGHNY' }),
      standing({ model: 'micro', series: 'KXBTC15M', benched: 'it has begun to drift' }),
    ];
    second.session.emit({ type: 'standing', at: startedAt, standings });
    await live(8, second.session.engine);
    second.journal.flushDecisions();
    const texts = [...second.session.engine.markets()].map(({ decision }) => textsOf(decision, scene.clock.now()));
    for (const [record, back] of texts) expect(back).toEqual(record);
    expect(texts.some(([record]) => record?.bid?.ahead !== undefined)).toBe(true);
    expect(texts.map(([record]) => record?.clamp?.size)).toContain(200);
    const { decision } = [...second.session.engine.markets()].find((state) => state.decision?.clamp !== undefined)!;
    const { clamp: _, ...whole } = decision!;
    expect(meaningOf(decision, [])).not.toBe(meaningOf(whole, []));

    const history = historyOf(scene);
    const differing = seen
      // The last second before a process dies is not on disk.
      .filter(({ at }) => at < diedAt - 1_000 || at > diedAt)
      .map((one) => [engineSays(one), answerSays(answer(history, one.ticker, one.at, true))])
      .filter(([expected, told]) => JSON.stringify(expected) !== JSON.stringify(told));
    expect(differing).toEqual([]);

    const gates = new Set(seen.map(({ decision }) => decision?.gate?.name ?? 'none'));
    expect([...gates]).toEqual(expect.arrayContaining(['none', 'PAUSED', 'STALE', 'one_sided_book', 'benched']));
    const acts = new Set(seen.flatMap(({ decision }) => [decision?.bid.act, decision?.ask.act]));
    expect([...acts]).toEqual(expect.arrayContaining(['kept', 'none']));
    const { ticker } = seen[0] ?? expect.unreachable('markets');
    expect(answer(history, ticker, gapAt, true)).toMatchObject({
      kind: 'undecided',
      cause: 'session_died',
      after: expect.any(Number),
    });
    expect(answer(history, ticker, epochMs(startedAt - 1), true)).toMatchObject({ cause: 'starting', session: 2 });
    expect(answer(history, 'KXINX-26NOV20H1600-T6000', startedAt, true).kind).toBe('undecided');
    history.close();
    await scene.end();
  });

  it('with what its fair value rests on, and why its quotes stand so far from the book', async () => {
    const scene = new Scene(
      'KXBTC15M',
      undefined,
      'sim',
      'schema = "kmm/1"\n[fair]\nsource = "forecast:desk"\n[quoter.cara]\nk_per_dollar = 1\n',
    );
    const says = { kind: 'probability', probability: 0.52, standardError: 0.02 } as const;
    const source: ForecastSource = {
      read: async (madeAt) => [{ about: 'KXBTC15M', madeAt, says, reasons: ['desk 3', '45 was measured at 10:51'] }],
    };
    await scene.open({ sources: [{ name: 'desk', kind: 'file', refreshMs: 300_000, source }] });
    await scene.run(6);
    const now = scene.clock.now();
    await scene.run(1);
    await scene.end();
    const { home } = scene.configuration;
    const told = why({ home, name: 'KXBTC15M', now, time: new Date(now).toISOString() });
    const { record } = told.answers[0] as Decided;
    expect(record.fair?.reasons).toEqual(['desk 3', '45 was measured at 10:51']);
    expect(record.notes).toEqual([
      expect.stringMatching(/^\d+\.\d times as wide as the book .* most of it the strategy's margin/),
      'kPerDollar of cara is the least that it may be, 1',
    ]);
    const lines = whyLines(told, { signs: glyphs(false), zone: 'ET' });
    expect(lines).toContain('  because: 45 was measured at 10:51');
    expect(lines).toContain('note: kPerDollar of cara is the least that it may be, 1');
  });

  it('when its session has ended: whose halt it is, what was sent, what came of it', async () => {
    const scene = new Scene('KXBTC15M');
    const { session } = await scene.open();
    await scene.run(5);
    const quoting = scene.clock.now();
    const ahead = 8_800 as Centicontracts;
    const places = [...session.engine.orders.live()].map(({ orderId = '' }) => ({ orderId, ahead }));
    session.emit({ type: 'queue_places', at: quoting, askedAt: quoting, places });
    await scene.run(0.01);
    const [market] = [...session.engine.markets()];
    const { ticker } = market?.market ?? expect.unreachable('a market');
    const { home } = scene.configuration;
    const guest = openedJournal(home.database, 'guest');
    guest.setLatch({ name: 'KILLED', scope: '*', since: quoting, reason: 'killed by hand' }, 'a person', quoting);
    guest.close();
    await scene.run(1);
    const killed = scene.clock.now();
    await scene.run(0.01);
    await scene.end();
    const ask = (name: string, time?: string) => why({ home, name, now: killed, ...(time !== undefined && { time }) });

    const then = ask('kxbtc15m', new Date(quoting).toISOString()).answers[0] as Decided;
    expect(then).toMatchObject({ kind: 'decided', ticker, record: { posture: 'quote' }, halts: [] });
    expect(then.intents.map(({ outcome }) => outcome?.kind)).toContain('accepted');
    expect(then.intents.every(({ orderId }) => orderId !== undefined)).toBe(true);

    const now = ask(ticker, new Date(killed).toISOString()).answers[0] as Decided;
    expect(now.record.gate?.name).toBe('KILLED');
    expect(now.halts).toMatchObject([{ name: 'KILLED', by: 'a person', clears: 'operator' }]);
    expect(now.intents[0]).toMatchObject({ kind: 'cancel', outcome: { kind: 'cancelled' } });
    const [cancel] = now.intents;
    const { record } = ask(ticker, new Date(cancel?.at ?? 0).toISOString()).answers[0] as Decided;
    expect([record.bid?.ahead, record.ask?.ahead]).toContainEqual({ contracts: ahead, at: quoting });

    expect(ask(ticker, '2026-11-20T05:00:00Z').answers).toMatchObject([
      { cause: 'no_session', after: expect.any(Number) },
    ]);
    expect(ask(ticker, '2026-11-21T05:00:00Z').answers).toMatchObject([
      { cause: 'no_session', before: expect.any(Number) },
    ]);
    expect(() => ask('KXBTC51M')).toThrow('did you mean KXBTC15M?');
  });
});
