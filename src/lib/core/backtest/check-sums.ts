/**
 * Whether a result adds up: its fills to its markets, those to its totals, and the parts of every split to the gross. A
 * result that does not is damaged, and no figure of it is printed.
 */
import { HORIZONS_MS, halvesOf, type Split, SplitSum, splitOf } from '../pnl/split.ts';
import type { BacktestResult, FillResult } from './result.ts';

/** The first thing that does not add up, in words; undefined: all does. */
export function sumsProblem({ fills, markets, totals }: BacktestResult): string | undefined {
  const byTicker = Map.groupBy(fills, ({ ticker }) => ticker);
  const known = new Set(markets.map(({ ticker }) => ticker));
  const stranger = fills.find(({ ticker }) => !known.has(ticker));
  if (stranger !== undefined)
    return `fill ${stranger.tradeId} is in ${stranger.ticker}, which is not among its markets`;
  const all = new SplitSum();
  let [fees, net] = [0, 0];
  for (const { ticker, pnl } of markets) {
    const own = byTicker.get(ticker) ?? [];
    const problem =
      splitProblem(pnl.split) ?? difference(pnl.split, splitOfFills(own)) ?? netProblem(pnl) ?? feeProblem(pnl, own);
    if (problem !== undefined) return `${ticker}: ${problem}`;
    all.add(pnl.split);
    fees += pnl.fees;
    net += pnl.net;
  }
  const problem = splitProblem(totals.split) ?? difference(totals.split, all.sum) ?? netProblem(totals);
  if (problem !== undefined) return `the total: ${problem}`;
  if (fees !== totals.fees) return `the fees of its markets are ${fees} µ$, its total says ${totals.fees}`;
  return net === totals.net ? undefined : `the nets of its markets are ${net} µ$, its total says ${totals.net}`;
}

export function splitOfFill({ side, size, price, midDoubled, laterMids, endPrice }: FillResult): Split {
  const mids = new Map<number, number>();
  if (midDoubled !== null) mids.set(0, midDoubled);
  for (const [index, horizonMs] of HORIZONS_MS.entries()) {
    const mid = laterMids[index];
    if (mid != null) mids.set(horizonMs, mid);
  }
  return splitOf({ side, size, price }, mids, endPrice);
}

function splitOfFills(fills: readonly FillResult[]): Split {
  const sum = new SplitSum();
  for (const fill of fills) sum.add(splitOfFill(fill));
  return sum.sum;
}

function splitProblem({ gross, spread, horizons }: Split): string | undefined {
  for (const [index, { markout, residual, unknown }] of horizons.entries()) {
    const parts = spread + markout + residual + unknown;
    if (parts !== gross)
      return `spread, markout and residual at ${(HORIZONS_MS[index] ?? 0) / 1_000} s are ${parts} half µ$, its gross ${gross}`;
  }
  return undefined;
}

function difference(said: Split, found: Split): string | undefined {
  if (said.gross !== found.gross) return `gross ${said.gross} half µ$, its fills say ${found.gross}`;
  return said.spread === found.spread ? undefined : `spread ${said.spread} half µ$, its fills say ${found.spread}`;
}

function netProblem({ split, fees, net }: { readonly split: Split; readonly fees: number; readonly net: number }) {
  const found = split.gross - halvesOf(fees as Parameters<typeof halvesOf>[0]);
  return 2 * net === found ? undefined : `net ${net} µ$, gross less fees ${found / 2}`;
}

function feeProblem({ fees }: { readonly fees: number }, fills: readonly FillResult[]): string | undefined {
  const sum = fills.reduce((total, { fee }) => total + fee, 0);
  return sum === fees ? undefined : `fees ${fees} µ$, its fills say ${sum}`;
}
