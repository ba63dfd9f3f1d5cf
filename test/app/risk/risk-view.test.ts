/** A whole session in virtual time: what `risk show` says of it against the engine's own figures, and by the journal alone. */
import { describe, expect, it } from 'vitest';
import { riskOf } from '../../../src/lib/app/risk/risk-of.ts';
import type { Engine } from '../../../src/lib/core/engine.ts';
import { riskViewOf } from '../../../src/lib/core/engine-risk.ts';
import { limitUses } from '../../../src/lib/core/risk/limit-uses.ts';
import type { LimitName } from '../../../src/lib/core/risk/limits.ts';
import { usedOf } from '../../../src/lib/core/risk/risk-book.ts';
import { scenariosOf } from '../../../src/lib/core/risk/risk-stress.ts';
import { eventLossOf, type LimitBar } from '../../../src/lib/core/risk/risk-view.ts';
import { MORNING, Scene } from '../../support/virtual-session.ts';

const find = (bars: readonly LimitBar[], limit: LimitName, subject?: string) =>
  bars.find((bar) => bar.limit === limit && bar.subject === subject);

const COUNTED: readonly LimitName[] = [
  ...(['total_loss', 'total_imbalance', 'group_loss', 'event_loss', 'market_loss', 'strike_loss', 'position'] as const),
];

/** A series with a few markets of an event of another. */
const CONFIG = `schema = "kmm/1"
[risk.groups.mixed]
members = ["KXBTC15M", "KXHIGHNY-26NOV20-B58.5", "KXHIGHNY-26NOV20-B56.5"]
loss_dollars_max = 120
`;

/** By the parts that are counted here, the engine's own figures left aside. */
function assertSame(engine: Engine, scene: Scene): { inFlight: number; resting: number; held: number } {
  const view = riskViewOf(engine, scene.clock.now());
  const uses = limitUses(engine, scene.clock.now());
  const counted = uses.filter(({ limit, subject }) => find(view.bars, limit, subject)?.parts !== undefined);
  for (const { limit, subject, used, allowed } of counted) {
    expect(find(view.bars, limit, subject), `${limit} of ${subject}`).toMatchObject({ used, allowed });
  }
  const names = new Set(counted.map(({ limit }) => limit));
  expect([...names]).toEqual(expect.arrayContaining([...COUNTED]));
  // Told with the engine's own figures, every limit that it knows is there once, parts and all.
  const told = riskViewOf(engine, scene.clock.now(), uses).bars;
  for (const use of uses)
    expect(told.filter(({ limit, subject }) => limit === use.limit && subject === use.subject)).toHaveLength(1);
  for (const name of COUNTED) expect(told.some(({ limit, parts }) => limit === name && parts !== undefined)).toBe(true);
  for (const { used, parts } of view.bars) {
    if (parts === undefined) continue;
    expect(usedOf(parts)).toBe(used);
    for (const part of Object.values(parts)) expect(part).toBeGreaterThanOrEqual(0);
  }
  const worst = scenariosOf(view, { shock: 1_000 }).find(({ name, eventTicker }) => name === 'worst' && !eventTicker);
  expect(worst?.profit).toBe(0 - engine.portfolio.totalLoss());
  for (const event of view.events) {
    expect(eventLossOf(event, 'held')).toBeLessThanOrEqual(eventLossOf(event, 'worst'));
    expect(eventLossOf(event, 'filled')).toBeLessThanOrEqual(eventLossOf(event, 'worst'));
  }
  return find(view.bars, 'total_loss')?.parts ?? { inFlight: 0, resting: 0, held: 0 };
}

describe('the limits of a session', () => {
  it('are those of its engine at every look, part by part, and by the journal alone no kinder to what is held', async () => {
    const scene = new Scene('KXHIGHNY,KXBTC15M', MORNING, 'sim', CONFIG);
    const { session } = await scene.open();
    const { engine } = session;
    const seen = { inFlight: false, resting: false, held: false };
    const look = async (seconds: number) => {
      await scene.run(seconds);
      const parts = assertSame(engine, scene);
      seen.inFlight ||= parts.inFlight > 0;
      seen.resting ||= parts.resting > 0;
      seen.held ||= parts.held > 0;
    };
    for (let looks = 0; looks < 50; looks += 1) await look(3);
    // An order is under way for a few milliseconds: looked for in steps shorter than that.
    for (let looks = 0; looks < 2_000 && !seen.inFlight; looks += 1) await look(0.004);
    expect(find(riskViewOf(engine, scene.clock.now()).bars, 'group_loss', 'mixed')?.allowed).toBe(120_000_000);
    expect(seen).toEqual({ inFlight: true, resting: true, held: true });

    // Nobody holds the lock, and no exchange runs in sim: the journal is all there is.
    const { source, view, notes } = await riskOf(scene.configuration, { isOffline: false });
    expect([source, notes.join()]).toEqual(['journal', expect.stringContaining('no embedded exchange runs here')]);
    for (const state of engine.markets()) {
      const { position } = engine.ledger.holding(state.market.ticker);
      if (position === 0) continue;
      const held = view.events.flatMap(({ markets }) => markets).find(({ ticker }) => ticker === state.market.ticker);
      expect(held?.held).toBe(position);
    }
    expect(find(view.bars, 'total_loss')?.parts?.held ?? 0).toBeGreaterThanOrEqual(
      find(riskViewOf(engine, scene.clock.now()).bars, 'total_loss')?.parts?.held ?? 0,
    );
    expect(find(view.bars, 'day_loss')).not.toHaveProperty('used');
  });
});
