/** Inputs for quoters in the units of math.md: cents or dollars of YES, whole contracts, hours. */
import { type PriceGrid, snap } from '../../src/lib/core/grid.ts';
import type { QuoterInput, QuoterParameters, RawQuote } from '../../src/lib/core/quoter/types.ts';
import { centicontracts, epochMs, type Probability } from '../../src/lib/core/units.ts';

export const PARAMETERS: QuoterParameters = {
  as: { gammaPerCent: 0.01, kappaPerCent: 0.5, sigmaCentsPerRootHour: 5 },
  cara: { gammaPerDollar: 0.01, kPerDollar: 60, adverseDollars: 0, edgeDollars: 0 },
  regime: { isVolatile: false },
  intervalWeight: 0,
};

export interface QuoterCase {
  readonly probability: number;
  readonly standardError?: number;
  readonly contracts?: number;
  readonly hours?: number;
  readonly makerFeeDollars?: number;
  readonly liquidityDollars?: number;
  readonly externalSkewCents?: number;
  readonly parameters?: Partial<QuoterParameters>;
}

export function quoterInput(of: QuoterCase): QuoterInput {
  return {
    fair: {
      probability: of.probability as Probability,
      standardError: of.standardError ?? 0,
      source: 'fixed',
      at: epochMs(0),
      inputs: {},
    },
    position: centicontracts((of.contracts ?? 0) * 100),
    hoursToFlat: of.hours ?? 1,
    makerFeeDollars: of.makerFeeDollars ?? 0,
    liquidityDollars: of.liquidityDollars ?? 20_000,
    externalSkewCents: of.externalSkewCents ?? 0,
    parameters: { ...PARAMETERS, ...of.parameters },
  };
}

/** The quote as the tables print it: "44.5 / none", in cents. */
export function onGrid(quote: RawQuote, grid: PriceGrid): string {
  const shown = (side: 'bid' | 'ask', raw: number) => {
    const price = quote.sides === 'both' || quote.sides === side ? snap(raw, side, grid) : undefined;
    return price === undefined ? 'none' : String(price / 100);
  };
  return `${shown('bid', quote.rawBid)} / ${shown('ask', quote.rawAsk)}`;
}
