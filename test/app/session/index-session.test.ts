/**
 * S&P 500 by the hour on the embedded exchange, in virtual time: the whole clock of a market, priced by the index that the
 * exchange simulates and a session hears as it hears a live one; what happens when that falls silent; a half day.
 */
import { describe, expect, it } from 'vitest';
import { startMischief } from '../../../src/lib/adapters/sim-server/back-office.ts';
import { readPlan } from '../../../src/lib/adapters/sim-server/mischief-plan.ts';
import { replaySession } from '../../../src/lib/app/recording/replay-session.ts';
import { phaseAt } from '../../../src/lib/core/clock/market-clock.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { ACCOUNT, Scene } from '../../support/virtual-session.ts';

const HOUR = epochMs(Date.parse('2026-11-20T11:00:00-05:00'));
/** A clock of fewer minutes, so that a test takes less of them: prepared at T−60 s, quoted from T−50 s on. */
const CONFIG = `schema = "kmm/1"
[clock.series.KXINXU]
prep_seconds = 60
make_seconds = 50
freeze_seconds = 2
post_seconds = 20
`;
const EVENT = 'KXINXU-26NOV20H1100';

async function opened(secondsBefore: number, config?: string, event = EVENT, hour = HOUR) {
  const scene = new Scene('KXINXU', epochMs(hour - secondsBefore * 1_000), 'sim', config);
  const { session, tape } = await scene.open();
  const ladder = () => [...session.engine.markets()].filter(({ market }) => market.eventTicker === event);
  const phases = () => {
    const at = scene.clock.now();
    const { parameters } = session.engine.config;
    return [...new Set(ladder().map(({ market }) => phaseAt(market, parameters, at).phase))];
  };
  const gates = () => [...new Set(ladder().flatMap(({ decision }) => decision?.gate?.name ?? []))];
  const market = () => {
    const [first] = ladder();
    if (first === undefined) throw new Error('the ladder has no market');
    return first.market;
  };
  return { scene, session, tape, ladder, market, phases, gates };
}

function silence(scene: Scene, seconds: number): void {
  const read = readPlan({ rules: [{ fault: 'index_silent', until_ms: seconds * 1_000 }] });
  if (read.kind === 'refused') throw new Error(read.problem);
  startMischief(scene.served.office, read.plan, scene.venue.now);
}

describe('S&P 500 by the hour on the embedded exchange', () => {
  it('goes through its whole clock, is priced by the ladder, settles on the index, and replays to the same', async () => {
    const { scene, session, tape, ladder, market, phases, gates } = await opened(70, CONFIG);
    await scene.run(5);
    expect(ladder()).toHaveLength(9);
    expect([phases(), scene.resting()]).toEqual([['IDLE'], 0]);
    await scene.run(9);
    expect([phases(), scene.resting()]).toEqual([['PREP'], 0]);
    // Everything is watched: its books are whole, and the index has been heard.
    expect(ladder().every(({ market }) => session.engine.books.get(market.ticker)?.book.isValid)).toBe(true);
    expect(session.engine.referenceOf(market())?.index).toBe('SPX');

    await scene.run(21);
    expect([phases(), scene.resting() > 0]).toEqual([['MAKE'], true]);
    const fairs = ladder().flatMap(({ decision }) => decision?.fair ?? []);
    expect(fairs.length).toBeGreaterThan(4);
    for (const fair of fairs) {
      expect(fair.source).toBe('index-ladder');
      expect(fair.reasons).toEqual(['SPX at the full hour', "the parameters are the simulation's own"]);
    }
    const byStrike = fairs.map(({ inputs, probability }) => [inputs.floor as number, probability] as const);
    byStrike.sort(([a], [b]) => a - b);
    expect(byStrike.every(([, p], index) => p <= (byStrike[index - 1]?.[1] ?? 1))).toBe(true);

    await scene.run((HOUR - scene.clock.now()) / 1_000 - 3);
    expect(phases()).toEqual(['MAKE']);
    await scene.run(2);
    expect([phases(), scene.resting()]).toEqual([['FREEZE'], 0]);
    expect(gates()).toEqual(['WINDOW']);
    await scene.run(1.2);
    const heard = session.engine.referenceOf(market())?.value ?? Number.NaN;
    await scene.run(20);
    expect(phases()).toEqual(['POST']);

    await scene.run(105);
    const settled = scene.venue.markets().filter(({ market }) => market.eventTicker === EVENT);
    // One level for all of them, and the one that was heard last by the hour.
    expect(new Set(settled.map(({ expirationValue }) => expirationValue))).toEqual(new Set([heard.toFixed(2)]));
    for (const { market, result } of settled) {
      expect(result, market.ticker).toBe(heard > (market.strike?.floor ?? Number.NaN) ? 'yes' : 'no');
    }
    const held = new Set(scene.venue.fills(ACCOUNT).map(({ ticker }) => ticker));
    expect(held.size).toBeGreaterThan(0);
    const paid = scene.venue.settlements(ACCOUNT).map(({ ticker }) => ticker);
    expect(paid.length > 0 && paid.every((ticker) => held.has(ticker))).toBe(true);
    const { path } = tape;
    expect(scene.faults).toEqual([]);
    const summary = await scene.end();
    expect(summary).toMatchObject({ restingAtEnd: 0, isConfirmed: true, reconciled: true });
    expect(summary.fills).toBeGreaterThan(0);
    const fallback = { idPrefix: 'x', parameters: scene.configuration.parameters };
    expect(replaySession(path, fallback, 1_000)).toMatchObject({ matches: true });
  });

  it('pulls when the index falls silent, in the last minute after 700 ms, and quotes again when it speaks', async () => {
    const { scene, gates } = await opened(240);
    await scene.run(60);
    expect(scene.resting()).toBeGreaterThan(0);
    silence(scene, 20);
    await scene.run(1.5);
    expect(scene.resting()).toBeGreaterThan(0);
    await scene.run(3);
    expect([scene.resting(), gates()]).toEqual([0, ['reference_doubted']]);
    await scene.run(25);
    expect(scene.resting()).toBeGreaterThan(0);

    await scene.run((HOUR - scene.clock.now()) / 1_000 - 30);
    expect(scene.resting()).toBeGreaterThan(0);
    silence(scene, 5);
    await scene.run(1.5);
    expect([scene.resting(), gates()]).toEqual([0, ['reference_doubted']]);
    expect(scene.faults).toEqual([]);
    await scene.end();
  });

  it('quotes the last hour of a half day, by the law of such days', async () => {
    const oneOClock = epochMs(Date.parse('2026-11-27T13:00:00-05:00'));
    const { scene, ladder } = await opened(200, undefined, 'KXINXU-26NOV27H1300', oneOClock);
    await scene.run(10);
    expect(scene.resting()).toBeGreaterThan(0);
    const fairs = ladder().flatMap(({ decision }) => decision?.fair ?? []);
    expect(fairs.length).toBeGreaterThan(0);
    for (const { reasons } of fairs) {
      expect(reasons).toEqual([
        ...['SPX at the close', "the parameters are the simulation's own", 'half a day, by its own law'],
      ]);
    }
    await scene.end();
  });
});
