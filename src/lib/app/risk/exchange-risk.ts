/**
 * The limits as the exchange and the journal have them together: one look at the account, entered into an engine that decides
 * nothing and sends nothing. Orders of everyone on the account count, as they do in a session.
 */
import { existsSync } from 'node:fs';
import { openJournal } from '../../adapters/store/journal.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { Engine } from '../../core/engine.ts';
import { riskViewOf } from '../../core/engine-risk.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { RiskView } from '../../core/risk/risk-view.ts';
import type { Configuration } from '../config/config.ts';
import { kmmError } from '../errors/errors.ts';
import { accountOfLink, subaccountOf } from '../exchange/account-name.ts';
import { openReading, type Reading } from '../exchange/reading.ts';
import { notRead } from '../exchange/unreachable.ts';
// Under this name because the linter takes what begins with "use" for a React hook.
import { useExchange as exchangeOf } from '../exchange/use-exchange.ts';
import { latchesIn } from '../latch-places.ts';
import { differencesOf } from '../session/account/compare.ts';
import { meetAccount } from '../session/account/meet-account.ts';
import { type AccountHistory, ledgerOf, lookAtAccount } from '../session/account/open-ledger.ts';
import { MarketFollower } from '../session/markets/market-follower.ts';

const NO_HISTORY: AccountHistory = { openingCash: [], fills: [], settlements: [], moves: [] };
const NO_STREAM = 1;

/** Throws KMM_SIM_NOT_RUNNING, KMM_KEY_*, KMM_CLOCK, KMM_UNREACHABLE, KMM_DB_*. */
export async function exchangeRisk(
  configuration: Configuration,
  notes: readonly string[],
): Promise<{ readonly view: RiskView; readonly notes: readonly string[] }> {
  const exchange = await exchangeOf(configuration, { mayStart: false });
  try {
    const reading = await openReading(configuration.env, exchange.link);
    try {
      const { engine, differences } = await engineOf(configuration, reading, accountOfLink(exchange.link));
      const view = riskViewOf(engine, reading.clock.now());
      const differing = differences.map((text) => `ledger and exchange differ: ${text}`);
      return { view, notes: [...notes, ...differing] };
    } finally {
      reading.close();
    }
  } finally {
    await exchange.close();
  }
}

async function engineOf(configuration: Configuration, { wire, rest, clock }: Reading, account: string) {
  const looked = await lookAtAccount({
    wire,
    clock,
    kept: keptOf(configuration, account),
    subaccount: subaccountOf(account),
  });
  if (!looked.ok) throw notRead('the account cannot be read', looked.error);
  const { history, exchange } = looked.value;
  const engine = new Engine({ idPrefix: 'look', parameters: configuration.parameters });
  const emit = (event: EngineEvent) => void engine.apply(event);
  for (const halt of latchesIn(configuration)) emit({ type: 'halt_changed', at: clock.now(), halt, isOn: true });
  emit({ type: 'ledger_restored', at: clock.now(), ...history });
  const follower = new MarketFollower({ names: [], rest, clock, emit, want: () => {}, warn: () => {} });
  try {
    await meetAccount({ engine, rest, clock, emit, follower });
  } finally {
    follower.stop();
  }
  let sid = 0;
  for (const { market } of engine.markets()) {
    if (engine.ledger.holding(market.ticker).position === 0) continue;
    const book = await rest.orderbook(market.ticker);
    // What cannot be read has no price; the limits need none.
    if (!book.ok) continue;
    sid += 1;
    const at = clock.now();
    emit({ type: 'feed_started', at, conn: NO_STREAM, sid, channel: 'orderbook_delta' });
    const feed = { conn: NO_STREAM, sid, seq: 1 };
    emit({ type: 'book_snapshot', at, feed, ticker: market.ticker, ...book.value });
  }
  return { engine, differences: differencesOf(ledgerOf(history), exchange) };
}

function keptOf({ env, home }: Configuration, account: string): AccountHistory {
  if (!existsSync(home.database)) return NO_HISTORY;
  const journal = openJournal({ path: home.database, env, access: 'guest' });
  if (journal instanceof StoreProblem) throw kmmError(journal);
  try {
    return journal.restore(account);
  } finally {
    journal.close();
  }
}
