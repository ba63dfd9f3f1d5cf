/**
 * `kmm markets rules`: what the exchange says now that markets settle on, what kmm reads in it, and what it was when a session
 * last saw it. Without a name, what sessions have seen: that asks no exchange.
 */
import { existsSync } from 'node:fs';
import type { ListedMarket } from '../../adapters/kalshi/catalogue-schema.ts';
import type { KalshiCatalogue } from '../../adapters/kalshi/rest-catalogue.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { openRuleRows, type RuleRow, type RuleRows } from '../../adapters/store/rule-rows.ts';
import { strikeText } from '../../core/market.ts';
import { settlementText } from '../../core/reference/settlement-rule.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Home } from '../config/home.ts';
import { KmmError } from '../errors/errors.ts';
import { explainUnknown, isNotThere, notLookedUp } from './unknown-ticker.ts';

/** One version of a market's rules. */
export interface RulesSeen {
  /** Digest of the text; null where none is given. */
  readonly rules: string | null;
  readonly strike: string;
  /** What it settles on, in words; null where it was not understood. */
  readonly reads: string | null;
}

export interface MarketRules extends RulesSeen {
  readonly ticker: string;
  readonly closeAt: EpochMs;
  /** Paragraphs, as they are shown. */
  readonly text: readonly string[];
  /** As sessions saw it, oldest first. */
  readonly seen: readonly RuleRow[];
  /** When it last became another while sessions looked; absent where it never did. */
  readonly changedAt?: EpochMs;
  /** It is not as a session last saw it. A session that runs halts for it by itself (RULES). */
  readonly isChanged: boolean;
}

const MARKETS_MAX = 1_000;

/** Throws KMM_TICKER_UNKNOWN, KMM_UNREACHABLE, KMM_KEY_REFUSED, and what the database gives. */
export async function rulesOf(catalogue: KalshiCatalogue, home: Home, name: string): Promise<readonly MarketRules[]> {
  const listed = await listedOf(catalogue, name);
  const seen = withRows(home, (rows) => rows.of(name)) ?? [];
  return listed.map((market) => {
    const { ticker, closeAt, rules: text, strike, settles, rulesDigest } = market;
    const now: RulesSeen = {
      ...{ rules: rulesDigest ?? null, strike: strikeText(strike) },
      reads: settles === undefined ? null : settlementText(settles),
    };
    const before = seen.filter((row) => row.ticker === ticker);
    const last = before.at(-1);
    const changed = before.findLast((row, at) => at > 0 && isOther(before[at - 1] as RuleRow, row));
    return {
      ...{ ...now, ticker, closeAt, text, seen: before, isChanged: last !== undefined && isOther(last, now) },
      ...(changed !== undefined && { changedAt: changed.seenAt }),
    };
  });
}

/** The newest first. Throws what the database gives. */
export function rulesSeen(home: Home, rowsMax: number): readonly RuleRow[] {
  return withRows(home, (rows) => rows.newest(rowsMax)) ?? [];
}

async function listedOf(catalogue: KalshiCatalogue, name: string): Promise<readonly ListedMarket[]> {
  if (!name.includes('-')) {
    const series = await catalogue.series(name);
    if (!series.ok) throw await explainUnknown(name, series.error, catalogue);
    const open = await catalogue.markets({ series: name, status: 'open' }, MARKETS_MAX);
    if (!open.ok) throw notLookedUp(`the markets of ${name}`, open.error);
    return open.value.rows;
  }
  const market = await catalogue.market(name);
  if (market.ok) return [market.value];
  if (!isNotThere(market.error)) throw notLookedUp(name, market.error);
  const event = await catalogue.event(name);
  if (!event.ok) throw await explainUnknown(name, event.error, catalogue);
  return event.value.markets;
}

/** A strike that is set at the open is no change, and its text goes along (ruleChange of core/market.ts). */
function isOther(before: RulesSeen, now: RulesSeen): boolean {
  if (!hasFigure(before.strike) && hasFigure(now.strike)) return false;
  return before.rules !== now.rules || before.strike !== now.strike || before.reads !== now.reads;
}

function hasFigure(strike: string): boolean {
  return /\d/.test(strike);
}

/** Undefined: no session has ever been here. */
function withRows<Value>({ database, env }: Home, read: (rows: RuleRows) => Value): Value | undefined {
  if (!existsSync(database)) return undefined;
  const rows = openRuleRows({ path: database, env });
  if (rows instanceof StoreProblem) throw new KmmError(rows.code, rows.message);
  try {
    return read(rows);
  } finally {
    rows.close();
  }
}
