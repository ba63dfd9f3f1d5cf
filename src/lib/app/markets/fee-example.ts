/** What an order of some contracts costs at a price, as a taker and as a maker: the formula and the rounding together. */

import type { FeeTerms } from '../../core/market.ts';
import { type ChargeInput, chargeFill, tradeFee } from '../../core/money/fees.ts';
import { type Centicents, centicontracts, type EpochMs, type Microdollars, microdollars } from '../../core/units.ts';

export interface FeeExample {
  readonly contracts: number;
  readonly price: Centicents;
  /** For buying YES at that price in one fill. Absent: no formula is published for this fee type. */
  readonly takerFee?: Microdollars;
  readonly makerFee?: Microdollars;
}

/** Of an account at the exchange itself; others are charged up to a cent a fill (kalshi/api.md 8.2). */
const BALANCE_STEP = microdollars(100);
const CONTRACTS = [1, 100] as const;

export function feeExamples(terms: FeeTerms, price: Centicents, at: EpochMs): readonly FeeExample[] {
  const charged = (contracts: number, isTaker: boolean): Microdollars | undefined => {
    const fill: Pick<ChargeInput, 'side' | 'price' | 'size'> = {
      ...{ side: 'bid', price, size: centicontracts(100 * contracts) },
    };
    const fee = tradeFee({ terms, ...fill, isTaker, at });
    if (fee.kind !== 'fee') return undefined;
    return chargeFill({ ...fill, tradeFee: fee.fee, balanceStep: BALANCE_STEP }).charged;
  };
  return CONTRACTS.map((contracts) => {
    const [takerFee, makerFee] = [charged(contracts, true), charged(contracts, false)];
    return {
      ...{ contracts, price },
      ...(takerFee !== undefined && { takerFee }),
      ...(makerFee !== undefined && { makerFee }),
    };
  });
}
