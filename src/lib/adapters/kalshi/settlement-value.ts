/**
 * What a YES paid, to the last digit. The settlements list states it in whole cents, cut off; a result other than yes or no
 * may pay a fraction of one, which the market itself says (kalshi/openapi.yaml: Settlement.value, and
 * Market.settlement_value_dollars). A market that was determined anew says the later of its values.
 */
import * as z from 'zod';
import type { Wire } from '../../ports.ts';
import type { RestSettlement } from './account-schema.ts';
import { name, price } from './fields.ts';
import { read, segment } from './rest-call.ts';
import type { Result } from './result.ts';

const CENTICENTS_PER_CENT = 100;

const valueSchema = z
  .object({ market: z.object({ ticker: name, settlement_value_dollars: price.nullish() }) })
  .transform(({ market }) => market.settlement_value_dollars ?? undefined);

/** With the values of the market where it states one of the same cent. Cut off as listed where the exchange says no more. */
export async function exactly(
  wire: Wire,
  settlements: readonly RestSettlement[],
): Promise<Result<readonly RestSettlement[]>> {
  const exact: RestSettlement[] = [];
  for (const settlement of settlements) {
    const { ticker, result, value } = settlement;
    if (result === 'yes' || result === 'no') {
      exact.push(settlement);
      continue;
    }
    const stated = await statedBy(wire, ticker);
    if (!stated.ok) return stated;
    const more = (stated.value ?? value) - value;
    const isSameCent = more > 0 && more < CENTICENTS_PER_CENT;
    exact.push(isSameCent && stated.value !== undefined ? { ...settlement, value: stated.value } : settlement);
  }
  return { ok: true, value: exact };
}

/** In the archive when it is no longer among the markets; undefined when it is in neither, or says nothing. */
async function statedBy(wire: Wire, ticker: string) {
  for (const place of ['/markets/', '/historical/markets/']) {
    const answer = await read(wire, `${place}${segment(ticker)}`, valueSchema);
    if (answer.ok || answer.error.kind !== 'refused' || answer.error.status !== 404) return answer;
  }
  return { ok: true, value: undefined } as const;
}
