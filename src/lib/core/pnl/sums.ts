/** The figures of one row of profit and loss, and their adding up. */
import type { Centicontracts, Microdollars } from '../units.ts';
import { type Split, SplitSum } from './split.ts';

/**
 * gross = carried + what the fills of the period brought (split.gross) = realized + change of unrealized;
 * net = gross − charged + rebates + incentives + adjustments.
 */
export interface Pnl {
  readonly fills: number;
  /** Bought and sold together. */
  readonly contracts: Centicontracts;
  /** Before fees. */
  readonly gross: Microdollars;
  /** Of it, what the positions held at the beginning have gained since. */
  readonly carried: Microdollars;
  /** Realized by trading out, first in first out; and by what was held until the market paid. */
  readonly roundTrip: Microdollars;
  readonly held: Microdollars;
  /** The sum of the two had it been counted at average cost. */
  readonly realizedAverage: Microdollars;
  /** At the end, and how it has changed. */
  readonly unrealized: Microdollars;
  readonly unrealizedChange: Microdollars;
  /** Fees of fills that cost something, and of those that gave back: neither is below zero. */
  readonly charged: Microdollars;
  readonly rebates: Microdollars;
  readonly incentives: Microdollars;
  /** Entries by which the books were put right, signed. */
  readonly adjustments: Microdollars;
  readonly net: Microdollars;
  /** Of the fills of the period alone. */
  readonly split: Split;
}

const NUMBERS = [
  ...(['gross', 'carried', 'roundTrip', 'held', 'realizedAverage', 'unrealized', 'unrealizedChange'] as const),
  ...(['charged', 'rebates', 'incentives', 'adjustments', 'net'] as const),
];

type Amounts = { [Name in (typeof NUMBERS)[number]]: number };

/** What is added: net follows from it. */
export type PnlPart = Partial<Omit<Amounts, 'net'>> & { readonly fills?: number; readonly contracts?: number };

export class PnlSum {
  readonly #amounts: Amounts = Object.fromEntries(NUMBERS.map((name) => [name, 0])) as Amounts;
  readonly split = new SplitSum();
  #fills = 0;
  #contracts = 0;

  add(part: PnlPart): void {
    this.#fills += part.fills ?? 0;
    this.#contracts += part.contracts ?? 0;
    const amounts = this.#amounts;
    for (const name of NUMBERS) if (name !== 'net') amounts[name] += part[name] ?? 0;
    const { gross = 0, charged = 0, rebates = 0, incentives = 0, adjustments = 0 } = part;
    amounts.net += gross - charged + rebates + incentives + adjustments;
  }

  get sum(): Pnl {
    return {
      ...(this.#amounts as unknown as Omit<Pnl, 'fills' | 'contracts' | 'split'>),
      fills: this.#fills,
      contracts: this.#contracts as Centicontracts,
      split: this.split.sum,
    };
  }
}
