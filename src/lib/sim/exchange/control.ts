/** Carries out the operator's commands (sim/control.ts) on the exchange's own records. */
import { never } from '../../core/invariant.ts';
import { type Centicents, type Microdollars, NO_SIZE, PRICE_ONE, PRICE_ZERO } from '../../core/units.ts';
import type { CashCommand, ControlCommand, ControlResult, RulingCommand } from '../control.ts';
import type { VenueRefusal } from '../venue.ts';
import { mispriceFees, scheduleFeeChange, waiveFees } from './fee-changes.ts';
import { changeGrid, closeEarly, deactivateMarket, describeMarket, moveClose, reactivateMarket } from './lifecycle.ts';
import { pauseShard, resumeShard } from './pause.ts';
import type { Listing, Outcome } from './records.ts';
import { refuse } from './refusal.ts';
import { amendResult, determineMarket, disputeMarket } from './settlement.ts';
import { type ExchangeState, idOf } from './state.ts';
import { bringCash, correctCash, takeCash } from './transfer.ts';

type MarketCommand = Extract<ControlCommand, { readonly ticker: string }>;
type FeeCommand = Extract<ControlCommand, { action: 'fee_change' }>;

export function controlExchange(exchange: ExchangeState, command: ControlCommand): ControlResult {
  switch (command.action) {
    case 'pause':
    case 'resume':
      return controlShards(exchange, command);
    case 'fee_change':
      return changeFees(exchange, command);
    case 'move_cash':
      return moveOutside(exchange, command);
    case 'create_incentive': {
      const { incentive } = command;
      if (!exchange.listings.has(incentive.ticker)) return refuse('market_not_found');
      if (incentive.endsAt <= incentive.startsAt) return refuse('bad_request', 'a programme ends after it starts');
      exchange.incentiveCount += 1;
      const incentiveId = idOf(exchange, 'incentive', exchange.incentiveCount);
      exchange.incentives.add({ ...incentive, incentiveId });
      return { kind: 'done', id: incentiveId };
    }
    default:
      return controlMarket(exchange, command);
  }
}

function controlShards(
  exchange: ExchangeState,
  command: Extract<ControlCommand, { action: 'pause' | 'resume' }>,
): ControlResult {
  const { shard } = command;
  const shards = shard === undefined ? [...exchange.shards.keys()] : [shard];
  if (!shards.every((one) => exchange.shards.has(one))) return refuse('bad_request', `there is no shard ${shard}`);
  if (command.action === 'pause' && command.until !== undefined && command.until <= exchange.schedule.now) {
    return refuse('bad_request', 'a pause ends in the future');
  }
  for (const one of shards) {
    if (command.action === 'pause') pauseShard(exchange, one, command.scope, command.until);
    else resumeShard(exchange, one);
  }
  return DONE;
}

function moveOutside(exchange: ExchangeState, { accountId, shard, amount, as }: CashCommand): ControlResult {
  const told = [...exchange.accounts.values()].filter(({ isTold }) => isTold);
  const account = accountId === undefined ? told[0] : told.find(({ id }) => id === accountId);
  if (account === undefined || (accountId === undefined && told.length > 1)) {
    return refuse('bad_request', `name one of the accounts ${told.map(({ id }) => id).join(', ')}`);
  }
  if (as === 'unlisted') return correctCash(exchange, account, shard, amount) ?? DONE;
  const isIn = as === 'deposit';
  const size = (isIn ? amount : -amount) as Microdollars;
  const done = (isIn ? bringCash : takeCash)(exchange, account, shard, size);
  return 'kind' in done ? done : { kind: 'done', id: done.movementId };
}

function controlMarket(exchange: ExchangeState, command: MarketCommand): ControlResult {
  const listing = exchange.listings.get(command.ticker);
  if (listing === undefined) return refuse('market_not_found');
  return changeMarket(exchange, listing, command) ?? DONE;
}

function changeMarket(exchange: ExchangeState, listing: Listing, command: MarketCommand): VenueRefusal | undefined {
  switch (command.action) {
    case 'close_early':
      return closeEarly(exchange, listing);
    case 'move_close':
      return moveClose(exchange, listing, command.closeAt);
    case 'deactivate':
      return deactivateMarket(exchange, listing);
    case 'reactivate':
      return reactivateMarket(exchange, listing);
    case 'dispute':
      return disputeMarket(exchange, listing);
    case 'determine':
    case 'amend_result': {
      const outcome = outcomeOf(listing, command);
      if ('kind' in outcome) return outcome;
      const rule = command.action === 'determine' ? determineMarket : amendResult;
      return rule(exchange, listing, outcome);
    }
    case 'change_grid':
      return changeGrid(exchange, listing, command.grid);
    case 'describe':
      return describeMarket(exchange, listing, { title: command.title });
    case 'waive_fees':
      return waiveFees(exchange, listing, command.until);
    case 'misprice_fees':
      return mispriceFees(listing, command.excess);
    default:
      return never(command);
  }
}

/** The other one of the two tickers follows from the markets there are. */
function changeFees(exchange: ExchangeState, { seriesTicker, eventTicker, terms, at }: FeeCommand): ControlResult {
  const listings = [...exchange.listings.values()];
  const found = listings.find(
    ({ market }) => market.eventTicker === eventTicker || market.seriesTicker === seriesTicker,
  );
  if (found === undefined) return refuse('not_found');
  const changed = scheduleFeeChange(exchange, {
    seriesTicker: found.market.seriesTicker,
    at,
    ...(eventTicker === undefined ? {} : { eventTicker }),
    ...(terms === undefined ? {} : { terms }),
  });
  return 'kind' in changed ? changed : { kind: 'done', id: changed.changeId };
}

function outcomeOf({ stats }: Listing, command: RulingCommand): Outcome | VenueRefusal {
  const { result, value, expirationValue } = command;
  if ((result === 'scalar') !== (value !== undefined)) {
    return refuse('bad_request', 'settlement_value goes with a scalar result, and with no other');
  }
  const said = expirationValue === undefined ? {} : { expirationValue };
  switch (result) {
    case 'yes':
      return { result, value: PRICE_ONE, ...said };
    case 'no':
      return { result, value: PRICE_ZERO, ...said };
    case 'scalar':
      return { result, value: value ?? PRICE_ZERO, ...said };
    case 'void':
      return { result: 'scalar', value: stats.volume === NO_SIZE ? HALF : stats.lastPrice, ...said };
    default:
      return never(result);
  }
}

const DONE: ControlResult = { kind: 'done' };
const HALF = (PRICE_ONE / 2) as Centicents;
