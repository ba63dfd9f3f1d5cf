/**
 * How full every limit is that standing things fill: for the screens, the alerts and `kmm risk show`. Looks, changes
 * nothing. Of markets, events and groups only those with something at stake; what is of one order alone is not here.
 */
import type { Engine } from '../engine.ts';
import type { MarketState } from '../market-state.ts';
import { isFinal } from '../quoting/inventory.ts';
import type { EpochMs } from '../units.ts';
import { type LimitName, type LimitUse, shareOf } from './limits.ts';

export function limitUses(engine: Engine, now: EpochMs): readonly LimitUse[] {
  return [
    ...ofMoney(engine),
    ...ofAll(engine, now),
    ...ofGroups(engine),
    ...ofEvents(engine),
    ...ofMarkets(engine, now),
  ];
}

function use(limit: LimitName, used: number, allowed: number, subject?: string): LimitUse {
  return { limit, used, allowed, ...(subject !== undefined && { subject }) };
}

function ofMoney(engine: Engine): LimitUse[] {
  const { day, week, drawdown } = engine.money.uses();
  return [
    use('day_loss', day.lost, day.allowed),
    use('week_loss', week.lost, week.allowed),
    use('drawdown', drawdown.lost, drawdown.allowed),
  ];
}

function ofAll(engine: Engine, now: EpochMs): LimitUse[] {
  const { portfolio, ledger, account, config } = engine;
  const { risk } = config.parameters;
  const { pace, losses } = account;
  const uses = [
    use('losses_in_a_row', losses.count, risk.coolOffLosses),
    use('total_loss', portfolio.totalLoss(), risk.totalLoss),
    use('total_imbalance', portfolio.imbalance(), risk.totalImbalance),
    use('orders_per_minute', pace.count(now), risk.ordersPerMinute),
    use('sent_minute', pace.sizeInMinute(now), risk.sentMinute),
    use('sent_day', pace.sizeToday(now), risk.sentDay),
  ];
  for (const [shard, reserved] of portfolio.reservedByShard()) {
    if (reserved > 0) uses.push(use('cash', reserved, Math.max(0, ledger.cash(shard)), `shard ${shard}`));
  }
  return uses;
}

function ofGroups(engine: Engine): LimitUse[] {
  const { groupImbalance } = engine.config.parameters.risk;
  const uses: LimitUse[] = [];
  for (const group of engine.portfolio.groups()) {
    if (group.loss > 0) uses.push(use('group_loss', group.loss, group.lossMax, group.name));
    if (group.imbalance > 0) uses.push(use('group_imbalance', group.imbalance, groupImbalance, group.name));
  }
  return uses;
}

function ofEvents(engine: Engine): LimitUse[] {
  const { eventLoss } = engine.config.parameters.risk;
  return [...engine.portfolio.eventLosses()].map(([event, loss]) => use('event_loss', loss, eventLoss, event));
}

function ofMarkets(engine: Engine, now: EpochMs): LimitUse[] {
  const uses: LimitUse[] = [];
  for (const state of engine.markets()) if (state.isAtStake) uses.push(...ofMarket(engine, state, now));
  return uses;
}

function ofMarket(engine: Engine, state: MarketState, now: EpochMs): LimitUse[] {
  const { risk, inventory } = engine.config.parameters;
  const { ticker } = state.market;
  const loss = engine.portfolio.marketLoss(state);
  const reach = Math.max(0, state.reach.bid, state.reach.ask);
  return [
    use('market_loss', loss, risk.marketLoss, ticker),
    use('strike_loss', loss, shareOf(risk.totalLoss, risk.strikeShare), ticker),
    use('position', reach, risk.position, ticker),
    ...(isFinal(state.market, inventory, now) ? [use('final_position', reach, inventory.finalPosition, ticker)] : []),
  ];
}
