/** Fees over a whole session: an exchange that charges otherwise than it says, and terms that change while we quote. */
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { glyphs } from '../../../src/format.ts';
import { why } from '../../../src/lib/app/why/why.ts';
import { type EpochMs, epochMs, microdollars } from '../../../src/lib/core/units.ts';
import type { ControlCommand } from '../../../src/lib/sim/control.ts';
import { whyLines } from '../../../src/print/market/why-text.ts';
import { MORNING, Scene } from '../../support/virtual-session.ts';

const SERIES = 'KXBTC15M';
const EVENT = 'KXBTC15M-26NOV201015';
const TICKER = `${EVENT}-15`;
const MAKERS_PAY = { type: 'quadratic_with_maker_fees', multiplier: { numerator: 1, denominator: 1 } };

interface CheckRow {
  readonly trade_id: string;
  readonly predicted: number | null;
  readonly charged: number;
  readonly verdict: string;
  readonly at: EpochMs;
}

function rows<Row>(scene: Scene, sql: string): Row[] {
  const database = new Database(scene.configuration.home.database, { readonly: true });
  try {
    return database.prepare<[], Row>(sql).all();
  } finally {
    database.close();
  }
}

const checksOf = (scene: Scene) => rows<CheckRow>(scene, 'SELECT * FROM fee_checks ORDER BY at, trade_id');

function control(scene: Scene, command: ControlCommand): void {
  expect(scene.venue.control(command)).toMatchObject({ kind: 'done' });
}

/** Every fill there is charged so many microdollars beside its fee. */
function misprice(scene: Scene, excess: number): void {
  control(scene, { action: 'misprice_fees', ticker: TICKER, excess: microdollars(excess) });
}

function whyText(scene: Scene): string {
  const report = why({ home: scene.configuration.home, name: TICKER, now: scene.clock.now() });
  return whyLines(report, { signs: glyphs(false), zone: 'ET' }).join('\n');
}

/** A quarter of a second at a time. */
async function runUntil(scene: Scene, isReached: () => boolean, secondsMax = 60): Promise<void> {
  for (let steps = 0; steps < secondsMax * 4 && !isReached(); steps += 1) await scene.run(0.25);
  expect(isReached()).toBe(true);
}

describe('an exchange that charges more than it says', () => {
  it('is told of with both numbers, quoted against, stopped at, and not forgotten by the next session', async () => {
    const scene = new Scene(SERIES);
    const { session, journal } = await scene.open();
    const { fees, halts } = session.engine;
    await scene.run(5);
    expect(fees.differences).toEqual([]);

    misprice(scene, 4_000);
    await runUntil(scene, () => fees.differences.length > 0);
    misprice(scene, 0);
    const [first] = fees.differences;
    expect(first).toMatchObject({ ticker: TICKER, charged: 4_000, predicted: 0 });
    await scene.run(5);
    const told = journal.toldAlerts(epochMs(0)).filter(({ key }) => key === `fees ${TICKER}`);
    expect(told[0]).toMatchObject({ priority: 'high', change: 'raised' });
    expect(told[0]!.text).toContain('charged $0.004000, predicted $0.000000');
    expect(halts.all()).toEqual([]);
    expect(session.engine.market(TICKER)!.decision!.quote!.numbers.feeSurchargeDollars).toBeGreaterThanOrEqual(0.0008);
    expect(whyText(scene)).toMatch(/maker fee (0\.\d) \(\1 of it as charged above the prediction\)/);

    misprice(scene, 10_100);
    await runUntil(scene, () => halts.has('FEES', TICKER));
    await scene.run(2);
    const ours = scene.orders('resting').filter(({ ticker }) => ticker === TICKER);
    expect(ours).toEqual([]);
    expect(whyText(scene)).toMatch(
      /no quote: FEES, .* charged \$0\.010100, predicted \$0\.000000 .*: more than 1 ¢ apart/,
    );
    expect(whyText(scene)).toContain('cleared by kmm resume FEES');
    misprice(scene, 0);
    const drift = fees.drift;
    await scene.end();

    const checks = checksOf(scene);
    const fills = rows<{ trade_id: string }>(scene, 'SELECT trade_id FROM fills ORDER BY at, trade_id');
    expect(checks.map(({ trade_id: id }) => id).sort()).toEqual(fills.map(({ trade_id: id }) => id).sort());
    expect(drift).toBe(checks.reduce((sum, { predicted, charged }) => sum + charged - (predicted ?? 0), 0));
    expect(new Set(checks.map(({ verdict }) => verdict))).toEqual(new Set(['agreed', 'differs']));

    const next = await scene.open();
    await scene.run(5);
    expect(next.session.engine.fees.drift).toBe(drift);
    expect(next.session.engine.halts.has('FEES', TICKER)).toBe(true);
    expect(scene.orders('resting').filter(({ ticker }) => ticker === TICKER)).toEqual([]);
    next.session.latches.clear({ name: 'FEES', scope: TICKER }, 'me');
    await runUntil(scene, () => scene.orders('resting').some(({ ticker }) => ticker === TICKER), 10);
    expect(next.session.engine.market(TICKER)!.decision!.quote!.numbers.feeSurchargeDollars).toBeGreaterThan(0.002);
    await scene.end();
  });
});

describe('fee terms that change while a session runs', () => {
  const charged = (scene: Scene, from: number) => checksOf(scene).filter(({ at }) => at > from);

  it('are in force at the moment the exchange has scheduled, without a word from it and without a restart', async () => {
    const scene = new Scene(SERIES);
    const at = epochMs(MORNING + 20_000);
    control(scene, { action: 'fee_change', seriesTicker: SERIES, terms: MAKERS_PAY, at });
    const { session } = await scene.open();
    const feeOf = () => session.engine.market(TICKER)?.decision?.quote?.bid.feeDollars;
    await runUntil(scene, () => feeOf() !== undefined);
    expect(feeOf()).toBe(0);
    await scene.run((at - scene.clock.now()) / 1_000 + 1);
    expect(feeOf()).toBeGreaterThan(0.002);
    await runUntil(scene, () => session.engine.ledger.fees > 0);
    await scene.run(10);
    await scene.end();
    const checks = checksOf(scene);
    expect(new Set(checks.map(({ verdict }) => verdict))).toEqual(new Set(['agreed']));
    expect(checks.some((check) => check.at < at && check.charged === 0)).toBe(true);
    expect(charged(scene, at + 1_000).every((check) => check.charged > 0)).toBe(true);
  });

  it('count as soon as the stream tells of an override, and end when it ends', async () => {
    const scene = new Scene(SERIES);
    const { session } = await scene.open();
    await scene.run(3);
    const overrideOf = () => session.engine.market(TICKER)!.market.fees.type;
    control(scene, { action: 'fee_change', eventTicker: EVENT, terms: MAKERS_PAY, at: scene.clock.now() });
    const from = scene.clock.now();
    await scene.run(0.1);
    expect(overrideOf()).toBe('quadratic_with_maker_fees');
    await runUntil(scene, () => session.engine.ledger.fees > 0);
    control(scene, { action: 'fee_change', eventTicker: EVENT, at: scene.clock.now() });
    await scene.run(0.1);
    expect(overrideOf()).toBe('quadratic');
    await scene.run(10);
    await scene.end();
    expect(charged(scene, from).some((check) => check.charged > 0)).toBe(true);
    expect(charged(scene, from).at(-1)?.charged).toBe(0);
    expect(new Set(checksOf(scene).map(({ verdict }) => verdict))).toEqual(new Set(['agreed']));
  });
});
