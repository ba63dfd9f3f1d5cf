/**
 * Limits that are nearly full, and positions that are to be worked down, as conditions to be told of (operator.md 6). At the
 * whole of a limit on money its halt speaks; at the whole of any other the gate refuses, which needs no telling by itself.
 */
import type { Engine } from '../engine.ts';
import { inventoryRegime } from '../quoting/inventory.ts';
import { limitUses } from '../risk/limit-uses.ts';
import { formatLimit, LIMITS, type LimitName, type LimitUse } from '../risk/limits.ts';
import { type EpochMs, formatMoney, formatSize } from '../units.ts';
import type { Condition, Priority } from './condition.ts';

/** From this share of the limit on. */
const NEAR = 0.8;

/** What is told of each; a market that is filled as it may be is no news. */
const TOLD: Partial<
  Readonly<Record<LimitName, { readonly key: string; readonly priority: Priority; readonly words: string }>>
> = {
  day_loss: { key: 'loss_day', priority: 'critical', words: 'lost today' },
  week_loss: { key: 'loss_week', priority: 'critical', words: 'lost this week' },
  drawdown: { key: 'drawdown', priority: 'high', words: 'below the peak' },
  group_loss: { key: 'loss_group', priority: 'medium', words: 'at risk in group' },
  total_loss: { key: 'loss_total', priority: 'medium', words: 'at risk in all markets' },
  total_imbalance: { key: 'imbalance', priority: 'medium', words: 'contracts net in one direction' },
  sent_day: { key: 'sent_day', priority: 'medium', words: 'contracts sent today' },
};

export function ofLimits(engine: Engine, now: EpochMs): Condition[] {
  const near = limitUses(engine, now).flatMap((use) => nearOf(use));
  return [...near, ...ofInventory(engine)];
}

function nearOf({ limit, subject, used, allowed }: LimitUse): Condition[] {
  const told = TOLD[limit];
  if (told === undefined || used <= 0 || used < allowed * NEAR) return [];
  const { unit } = LIMITS[limit];
  const stage = used >= allowed ? '100' : '80';
  const where = subject === undefined ? '' : ` ${subject}`;
  const text = `${formatLimit(unit, used)} ${told.words}${where} of ${formatLimit(unit, allowed)}, above ${stage} %`;
  // A limit that refuses is touched and left again by every quote: its whole is no other story.
  const isHalt = LIMITS[limit].acts !== 'refuse';
  const key = subject === undefined ? told.key : `${told.key} ${subject}`;
  return [{ key, priority: told.priority, text, ...(isHalt ? { stage } : { afterMs: NEAR_MS }) }];
}

/** So long a limit that refuses must be nearly full. */
const NEAR_MS = 60_000;

function ofInventory(engine: Engine): Condition[] {
  const { inventory, risk } = engine.config.parameters;
  const conditions: Condition[] = [];
  for (const { market, isSelected } of engine.markets()) {
    const { ticker } = market;
    const { position } = engine.ledger.holding(ticker);
    const regime = inventoryRegime(position, inventory);
    if (isSelected && (regime === 'one_sided' || regime === 'exit')) {
      const what = regime === 'exit' ? 'they are being worked down' : 'only the side that takes them down is shown';
      const text = `${ticker}: ${formatSize(position)} contracts are held, above the threshold; ${what}`;
      conditions.push({ key: `inventory ${ticker}`, priority: 'high', text, stage: regime });
    }
    if (position !== 0 && engine.flattens.exitCostOf(ticker) >= risk.exitCost) {
      const text = `${ticker}: forced exits have cost all of $${formatMoney(risk.exitCost)}; ${formatSize(position)} stay: kmm flatten ${ticker}`;
      conditions.push({ key: `exit_cost ${ticker}`, priority: 'high', text });
    }
  }
  return conditions;
}
