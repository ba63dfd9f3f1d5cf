/** A configuration read again while it is traded on: what is applied, what is asked for, and that a replay follows it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../../src/lib/app/config/config.ts';
import type { EnvironmentName } from '../../../src/lib/app/config/home.ts';
import { reloadDiff } from '../../../src/lib/app/config/reload-diff.ts';
import { groupOf, RELOADABLE } from '../../../src/lib/app/config/reload-rules.ts';
import { replaySession } from '../../../src/lib/app/recording/replay-session.ts';
import { type InForce, Reloader } from '../../../src/lib/app/run/reloader.ts';
import { intentLine } from '../../../src/lib/core/intents.ts';
import type { Parameters } from '../../../src/lib/core/parameters.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { dollars, Story } from '../../support/engine.ts';
import { T0, TICKER } from '../../support/orders.ts';
import { clampedTo } from '../../support/standings.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { Scene } from '../../support/virtual-session.ts';

const HEAD = 'schema = "kmm/1"\n';

function reading(text: string, environment: EnvironmentName = 'sim') {
  const directory = tempDir();
  const host = { directory, variables: { KMM_HOME: directory }, userHome: directory, systemFile: '/nowhere' };
  writeFileSync(join(directory, 'config.toml'), HEAD + text);
  return loadConfiguration({ environment, host });
}

const keysOf = (changes: readonly { readonly key: string }[]) => changes.map(({ key }) => key);

describe('a change', () => {
  it.each([
    ['risk.loss_day_dollars_max', 50, 40, 'safer'],
    ['risk.loss_day_dollars_max', 50, 60, 'riskier'],
    ['quoting.edge_dollars_min', 0.001, 0.0005, 'riskier'],
    ['quoting.edge_dollars_min', '0.001', '0.002', 'safer'],
    ['quoting.lease_seconds', 180, 181, 'riskier'],
    ['quoting.freeze_seconds', 60, 30, 'riskier'],
    ['quoter.regime.is_volatile', 'true', false, 'riskier'],
    ['quoter.regime.is_volatile', false, true, 'safer'],
    ['honesty.is_enforced', true, false, 'riskier'],
    ['honesty.is_enforced', 'false', true, 'safer'],
    ['honesty.probe_contracts', 1, 0, 'safer'],
    ['honesty.history_days', 90, 30, 'restart'],
    ['fair.source', 'micro', 'mid', 'riskier'],
    ['skew_cents.KXBTCD-26NOV2017-T104999.99', undefined, 1.5, 'riskier'],
    ['log.level', 'info', 'debug', 'safer'],
    ['markets.tickers', ['A'], ['A', 'B'], 'restart'],
    ['quoter.strategy', 'cara', 'as', 'restart'],
    ['quoting.message_age_seconds_max', 3, 2, 'restart'],
    ['risk.groups.crypto.members', ['A'], ['B'], 'restart'],
    ['metrics.port', 9464, 9465, 'restart'],
    ['sources.desk.path', 'desk.json', 'other.json', 'restart'],
    ['sources.desk.refresh_seconds', 300, 30, 'restart'],
    ['references.indices.BRTI', undefined, ['kraken'], 'restart'],
    ['references.age_seconds_max', 2, 3, 'restart'],
    ['references.polygon.url', 'wss://a.example', 'wss://b.example', 'restart'],
  ] as const)('of %s from %s to %s is of the group %s', (key, from, to, group) => {
    expect(groupOf(key, from, to)).toBe(group);
  });

  it('is none where the same value is written in another way', () => {
    const [before, after] = [
      reading('[risk]\nloss_day_dollars_max = 50\n'),
      reading('[risk]\nloss_day_dollars_max = "50.00"\n'),
    ];
    expect(reloadDiff(before.entries, after.entries)).toMatchObject({ safer: [], riskier: [], restart: [] });
  });
});

it('a source or a reference that is added, changed or left out waits for a restart, and is named', () => {
  const before = reading(
    '[sources.desk]\nkind = "file"\npath = "desk.json"\n[sources.gone]\nkind = "file"\npath = "gone.json"\n',
  );
  const after = reading(
    '[sources.desk]\nkind = "http"\nurl = "https://desk.example/forecast"\n' +
      '[references]\nsources_min = 1\n[references.indices]\nBRTI = ["kraken"]\n',
  );
  const { safer, riskier, restart } = reloadDiff(before.entries, after.entries);
  expect([safer, riskier]).toEqual([[], []]);
  expect(keysOf(restart).sort()).toEqual([
    ...['references.indices.BRTI', 'references.sources_min', 'sources.desk.kind', 'sources.desk.path'],
    ...['sources.desk.url', 'sources.gone.kind', 'sources.gone.path'],
  ]);
});

/** Another value for each key that may change, on both sides of what the preset has. */
const OTHER: Readonly<Record<string, string>> = {
  'fair.reference_age_seconds_max': '2',
  'fair.annual_volatility_percent_min': '30',
  'fair.proxy_error_dollars': '1',
  'fair.forecast_age_seconds_max': '600',
  'quoter.glft.gamma_per_cent': '0.02',
  'quoter.glft.k_per_cent': '0.7',
  'quoter.glft.fills_per_hour': '70',
  'quoter.glft.sigma_cents_per_root_hour': '6',
  'quoter.glft.fitted_fills': '40',
  'clock.news_before_seconds': '30',
  'clock.news_after_seconds': '60',
  ...{ 'fair.source': '"fixed:0.4"', 'fair.standard_error': '0.03', 'quoter.interval_weight': '2' },
  ...{ 'quoter.as.gamma_per_cent': '0.5', 'quoter.as.kappa_per_cent': '2', 'quoter.as.sigma_cents_per_root_hour': '9' },
  ...{ 'quoter.cara.gamma_per_dollar': '0.5', 'quoter.cara.k_per_dollar': '20', 'quoter.cara.adverse_dollars': '0.03' },
  ...{ 'quoter.cara.edge_dollars': '0.03', 'quoter.regime.is_volatile': 'true', 'quoting.order_size_contracts': '7' },
  ...{ 'quoting.hysteresis_cents': '0.1', 'quoting.debounce_milliseconds': '0', 'quoting.lease_seconds': '60' },
  ...{ 'quoting.freeze_seconds': '600', 'quoting.silence_seconds_max': '9', 'quoting.edge_dollars_min': '0.05' },
  ...{ 'quoting.clean_seconds': '9', 'risk.loss_market_dollars_max': '1', 'risk.loss_event_dollars_max': '1' },
  ...{ 'risk.loss_total_dollars_max': '1', 'risk.loss_day_dollars_max': '0.01', 'risk.position_contracts_max': '6' },
  ...{
    'risk.order_size_contracts_max': '5',
    'risk.loss_strike_percent_max': '0.2',
    'risk.loss_day_percent_max': '0.1',
  },
  ...{ 'risk.loss_week_dollars_max': '0.01', 'risk.loss_week_percent_max': '0.1', 'risk.drawdown_percent_max': '0.1' },
  ...{ 'risk.cool_off_losses_max': '1', 'risk.cool_off_seconds': '5', 'risk.imbalance_group_contracts_max': '6' },
  ...{
    'risk.imbalance_total_contracts_max': '6',
    'risk.order_value_dollars_max': '0.5',
    'risk.hand_price_cents_max': '5',
  },
  ...{ 'risk.orders_per_minute_max': '3', 'risk.sent_minute_contracts_max': '12', 'risk.sent_day_contracts_max': '12' },
  ...{ 'risk.exit_cost_dollars_max': '0', 'inventory.skewed_above_contracts': '1', 'inventory.exit_to_contracts': '1' },
  ...{ 'inventory.one_sided_above_contracts': '10', 'inventory.exit_above_contracts': '25' },
  ...{ 'inventory.skew_per_ten_contracts_cents': '9', 'inventory.final_seconds_max': '10' },
  ...{ 'inventory.final_window_percent_max': '90', 'inventory.final_contracts_max': '1' },
  ...{ 'honesty.is_enforced': 'false', 'honesty.probe_contracts': '3' },
};

/** What an engine asks for while a market moves and fills come; `changed` is what it is reloaded with before its first turn. */
function course(parameters: Parameters, changed?: Parameters, isBelieved = true): Story {
  const told = new Story({ idPrefix: 'kmm-1-1', parameters });
  const openingCash = [{ shard: 0, cash: dollars(1_000) }];
  told.tell({ type: 'ledger_restored', openingCash, fills: [], settlements: [] });
  told.tell({ type: 'connection_changed', isUp: true, conn: 1 });
  told.tell({ type: 'feed_started', conn: 1, sid: 2, channel: 'orderbook_delta' });
  told.market({ closeAt: epochMs(T0 + 3 * 60_000) }).book();
  if (!isBelieved) told.tell({ type: 'standing', standings: [clampedTo(0, { model: 'micro' })] });
  if (changed !== undefined) told.tell({ type: 'parameters_changed', parameters: changed, by: 'the test' });
  told.quote();
  for (const [bid, ask] of [
    [4_400, 5_500],
    [4_580, 5_560],
    [3_500, 4_400],
    [4_400, 5_600],
    [4_000, 5_500],
    [4_580, 5_560],
    [3_300, 4_000],
    [3_500, 4_400],
    [3_600, 4_500],
  ] as const) {
    told.wait(100).moveTo(bid, ask).quote();
    told
      .wait(2_900)
      .moveTo(bid + 30, ask)
      .quote();
    // Bought, and bought again: the position goes through every regime.
    for (const { side, state, origin } of told.engine.orders.liveIn(TICKER)) {
      if (side === 'bid' && state === 'working' && origin === 'quoter') told.fill(side, 400);
    }
    told.quote();
  }
  // The book is lost and comes back.
  told.disconnect().turn();
  told.connect().book().quote();
  told.wait(4_000).moveTo(4_400, 5_600).quote();
  for (let step = 0; step < 4; step += 1)
    told
      .wait(25_000)
      .moveTo(4_400 + step * 10, 5_600)
      .quote();
  return told;
}

const linesOf = ({ asked }: Story) =>
  asked.map((intent) => `${intentLine(intent)}${'expiresAt' in intent ? intent.expiresAt : ''}`);

describe('a reloaded engine', () => {
  const keys = RELOADABLE.filter((key) => key !== 'log.level');
  /** Keys that decide under other strategies or events than those of this course; that they are read anew was looked up. */
  const SILENT = new Set([
    ...['risk.cool_off_losses_max', 'risk.cool_off_seconds', 'risk.hand_price_cents_max', 'risk.exit_cost_dollars_max'],
    ...['inventory.skewed_above_contracts', 'inventory.exit_above_contracts', 'inventory.exit_to_contracts'],
    ...['inventory.final_seconds_max', 'inventory.final_contracts_max'],
    ...['quoter.as.gamma_per_cent', 'quoter.as.kappa_per_cent', 'quoter.as.sigma_cents_per_root_hour'],
    ...['quoter.regime.is_volatile', 'quoting.silence_seconds_max', 'fair.standard_error'],
    ...['quoting.debounce_milliseconds'],
    ...['fair.reference_age_seconds_max', 'fair.annual_volatility_percent_min', 'fair.proxy_error_dollars'],
    ...['fair.forecast_age_seconds_max', 'clock.news_before_seconds', 'clock.news_after_seconds'],
    ...['quoter.glft.gamma_per_cent', 'quoter.glft.k_per_cent', 'quoter.glft.fills_per_hour'],
    ...['quoter.glft.sigma_cents_per_root_hour', 'quoter.glft.fitted_fills'],
    ...['risk.order_size_contracts_max'],
  ]);

  it('there is a value to try for every key', () => expect(Object.keys(OTHER).sort()).toEqual([...keys].sort()));

  it.each(keys)('decides by %s as one that was started so', (key) => {
    const [table, name] = [key.slice(0, key.lastIndexOf('.')), key.slice(key.lastIndexOf('.') + 1)];
    const preset = reading('');
    const wanted = reading(`[${table}]\n${name} = ${OTHER[key]}\n`);
    const isBelieved = table !== 'honesty';
    const reloaded = course(preset.parameters, wanted.parameters, isBelieved);
    const [was, started] = [preset, wanted].map((one) => linesOf(course(one.parameters, undefined, isBelieved)));
    const is = linesOf(reloaded);
    expect(was?.length).toBeGreaterThan(9);
    expect(is).toEqual(started);
    expect(reloaded.engine.config.parameters).toEqual(wanted.parameters);
    if (!SILENT.has(key)) expect.soft([key, is]).not.toEqual([key, was]);
    // The configuration itself is nobody's to change.
    expect(preset.parameters).toEqual(reading('').parameters);
  });
});

describe('kmm config reload', () => {
  async function running() {
    const scene = new Scene('KXBTC15M');
    const opened = await scene.open();
    const { session } = opened;
    const said: string[] = [];
    const levels: string[] = [];
    let next: InForce | undefined;
    const reloader = new Reloader({
      ...{ configuration: scene.configuration, session, clock: scene.clock, say: (text) => said.push(text) },
      onReloaded: (inForce) => {
        next = inForce;
      },
      onLogLevel: (level) => levels.push(level),
    });
    const directory = scene.configuration.request.host?.directory ?? '';
    const write = (text: string) => writeFileSync(join(directory, 'config.toml'), HEAD + text);
    const { parameters } = session.engine.config;
    return { scene, opened, session, reloader, write, said, levels, parameters, next: () => next };
  }

  it('applies what is safer at once, asks for what is riskier, names what needs a restart, and a replay follows it', async () => {
    const { scene, opened, reloader, write, said, levels, parameters, next } = await running();
    await scene.run(20);
    expect(reloader.reload({ step: 'safer', by: 'ann' })).toMatchObject({ applied: [] });

    write(`[log]\nlevel = "debug"\n[markets]\ntickers = ["KXHIGHNY"]\n[metrics]\nport = 9999
[quoting]\norder_size_contracts = 3\n[risk]\nloss_day_dollars_max = 70\n`);
    const look = reloader.reload({ step: 'look', by: 'ann' });
    expect([keysOf(look.diff.safer), keysOf(look.diff.riskier), keysOf(look.diff.restart), look.applied]).toEqual([
      // Markets were given as a flag, which is stronger than the file.
      ...[['quoting.order_size_contracts', 'log.level'], ['risk.loss_day_dollars_max'], ['metrics.port'], []],
    ]);
    expect([parameters.quoting.orderSize, said]).toEqual([500, []]);

    const first = reloader.reload({ step: 'safer', by: 'ann' });
    expect(keysOf(first.applied)).toEqual(['quoting.order_size_contracts', 'log.level']);
    expect([parameters.quoting.orderSize, parameters.risk.dayLoss, levels]).toEqual([300, 50_000_000, ['debug']]);
    expect(said[0]).toBe('configuration: quoting.order_size_contracts is 3, was 5 (ann)');
    await scene.run(20);
    // What was confirmed is what is applied.
    const { digest } = first.diff;
    write('[quoting]\norder_size_contracts = 3\n[risk]\nloss_day_dollars_max = 700\n');
    expect(() => reloader.reload({ step: 'all', digest, by: 'ann' })).toThrow('has changed since it was shown');
    expect(parameters.risk.dayLoss).toBe(50_000_000);
    write(
      '[quoting]\norder_size_contracts = 3\n[risk]\nloss_day_dollars_max = 70\n[quoter.cara]\nedge_dollars = 0.02\n',
    );
    const all = reloader.reload({ step: 'all', digest, by: 'ann' });
    expect(keysOf(all.applied)).toEqual(['quoter.cara.edge_dollars', 'log.level', 'risk.loss_day_dollars_max']);
    expect([parameters.risk.dayLoss, parameters.quoter.cara.edgeDollars]).toEqual([70_000_000, 0.02]);
    expect(reloader.reload({ step: 'safer', by: 'ann' })).toMatchObject({ applied: [], diff: { riskier: [] } });
    // A trader that is started after this one begins with it.
    expect(next()?.parameters).toEqual(parameters);

    await scene.run(20);
    await scene.end();
    await opened.tape.close();
    const replayed = replaySession(
      opened.tape.path,
      { idPrefix: 'unused', parameters: scene.configuration.parameters },
      100,
    );
    expect(replayed).toMatchObject({ matches: true, firstDifference: null, lost: 0 });
    expect(replayed.intents).toBeGreaterThan(4);
  });

  it('changes nothing by a file that is refused, or whose parts do not fit each other', async () => {
    const { scene, reloader, write, said, parameters } = await running();
    write('[risk]\nloss_day_dollars_max = "fifty"\n');
    expect(() => reloader.reload({ step: 'safer', by: 'ann' })).toThrow('loss_day_dollars_max');
    write('[risk]\nloss_dya_dollars_max = 40\n');
    expect(() => reloader.reload({ step: 'safer', by: 'ann' })).toThrow('unknown key');
    // The smaller limit alone would be below the size that is quoted now.
    write('[risk]\norder_size_contracts_max = 4\n[quoting]\norder_size_contracts = 6\n');
    expect(() => reloader.reload({ step: 'safer', by: 'ann' })).toThrow('order_size_contracts');
    expect([parameters, said]).toEqual([scene.configuration.parameters, []]);
    await scene.end();
  });

  it('in production never passes the exposure that is armed', async () => {
    const { scene, session, write, parameters } = await running();
    const arming = { exposure: 200_000_000, fingerprint: '', keyId: '', by: '', at: T0, until: T0 } as never;
    const reloader = new Reloader({
      ...{ configuration: scene.configuration, session, clock: scene.clock, arming },
      ...{ say: () => {}, onLogLevel: () => {}, onReloaded: () => {} },
    });
    write('[risk]\nloss_total_dollars_max = 500\n');
    const { diff } = reloader.reload({ step: 'look', by: 'ann' });
    reloader.reload({ step: 'all', digest: diff.digest, by: 'ann' });
    expect(parameters.risk.totalLoss).toBe(200_000_000);
    await scene.end();
  });

  it('keeps the date of the older fit while numbers of it may be in force, and takes the new one with all of them', async () => {
    const { scene, session, write, parameters } = await running();
    const fittedAt = epochMs(T0 - 86_400_000);
    const configuration = { ...scene.configuration, parameters: { ...scene.configuration.parameters, fittedAt } };
    const reloader = new Reloader({
      ...{ configuration, session, clock: scene.clock, say: () => {}, onLogLevel: () => {}, onReloaded: () => {} },
    });
    write('[risk]\nloss_day_dollars_max = 40\nloss_week_dollars_max = 900\n');
    reloader.reload({ step: 'safer', by: 'ann' });
    expect(parameters.fittedAt).toBe(fittedAt);
    const { diff } = reloader.reload({ step: 'look', by: 'ann' });
    reloader.reload({ step: 'all', digest: diff.digest, by: 'ann' });
    expect(parameters.fittedAt).toBeUndefined();
    await scene.end();
  });
});
