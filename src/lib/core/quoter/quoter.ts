/**
 * The quoter of a strategy by its name, with what every strategy gets alike: each half-spread grows by the uncertainty
 * of the fair value, and the operator's external skew moves reservation price and quotes together. A fair value that is
 * no probability (NaN, 0, 1, 45 for 45 %) is refused before any formula sees it.
 */
import { refused } from '../refused.ts';
import { avellanedaStoikovQuoter } from './avellaneda-stoikov.ts';
import { caraQuoter } from './cara.ts';
import { glftQuoter } from './glft.ts';
import { regimeQuoter } from './regime.ts';
import type { Quoter, QuoterInput, RawQuote, StrategyName } from './types.ts';

export function quoterOf(strategy: StrategyName): Quoter {
  return QUOTERS[strategy];
}

function guarded(strategy: StrategyName, quoter: Quoter): Quoter {
  return (input) => {
    const { probability, standardError } = input.fair;
    if (!(probability > 0 && probability < 1 && standardError >= 0 && standardError < Infinity)) {
      return refused(
        'fair_out_of_range',
        `no quote can be made around a fair value of ${probability} ± ${standardError}`,
      );
    }
    const quote = quoter(input);
    if (quote.kind === 'refused') return quote;
    // PR3DICT's rules lean by themselves, by the same ten contracts (math.md 11).
    return adjusted(quote, strategy === 'regime' ? { ...input, inventorySkewCents: 0 } : input);
  };
}

const QUOTERS: Readonly<Record<StrategyName, Quoter>> = {
  as: guarded('as', avellanedaStoikovQuoter),
  cara: guarded('cara', caraQuoter),
  glft: guarded('glft', glftQuoter),
  regime: guarded('regime', regimeQuoter),
};

function adjusted(
  quote: RawQuote,
  { fair, externalSkewCents, inventorySkewCents = 0, parameters }: QuoterInput,
): RawQuote {
  const skewCents = externalSkewCents + inventorySkewCents;
  const intervalDollars = parameters.intervalWeight * fair.standardError;
  const { kind, reservation, rawBid, rawAsk, sides, numbers, state } = quote;
  numbers.intervalDollars = intervalDollars;
  numbers.externalSkewCents = externalSkewCents;
  if (inventorySkewCents !== 0) numbers.inventorySkewCents = inventorySkewCents;
  const moved = {
    kind,
    reservation: reservation + skewCents / 100,
    rawBid: rawBid + skewCents * 100 - intervalDollars * 10_000,
    rawAsk: rawAsk + skewCents * 100 + intervalDollars * 10_000,
    sides,
    numbers,
  };
  return state === undefined ? moved : { ...moved, state };
}
