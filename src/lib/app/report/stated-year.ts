/** What the exchange itself lists of a year: its fills, their fees, its settlements. Asked over REST, also of the archive. */

import { epochMs } from '../../core/units.ts';
import { notRead } from '../exchange/unreachable.ts';
import type { AccountRest } from '../hand/read-account.ts';
import type { Period } from './period.ts';
import { flowsOf, type YearFlows } from './tax-report.ts';

/** Throws KMM_UNREACHABLE and its like. */
export async function statedYear(rest: AccountRest, year: Period): Promise<YearFlows> {
  const fills = await rest.fills({ since: year.from });
  if (!fills.ok) throw notRead('the fills cannot be read', fills.error);
  const settlements = await rest.settlements({ since: year.from });
  if (!settlements.ok) throw notRead('the settlements cannot be read', settlements.error);
  const paid = settlements.value.filter(({ settledAt }) => settledAt >= year.from && settledAt < year.to);
  return flowsOf(
    fills.value.map((fill) => ({ ...fill, executedAt: fill.exchangeAt ?? epochMs(0) })),
    paid.length,
    year,
  );
}
