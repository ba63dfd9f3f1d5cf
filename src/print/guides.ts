/**
 * Pages of `kmm help` that are about a matter and not about a command: what a maker must know of it, what kmm does, where to
 * look. The figures are worked out by the code that trades.
 */
import { chargeFill, tradeFee } from '../lib/core/money/fees.ts';
import {
  type Centicents,
  centicents,
  centicontracts,
  type EpochMs,
  formatMoney,
  microdollars,
  type Side,
} from '../lib/core/units.ts';
import { type TextColumn, type TextLayout, textTable } from './text-table.ts';

export const GUIDES = ['fees', 'settlement'] as const;
export type GuideName = (typeof GUIDES)[number];

export interface Guide {
  readonly guide: GuideName;
  readonly lines: readonly string[];
}

export function guideOf(name: GuideName, layout: TextLayout): Guide {
  return { guide: name, lines: name === 'fees' ? [...FEES, '', ...feeTable(layout), '', ...FEES_KMM] : SETTLEMENT };
}

const FEES = [
  'FEES',
  '',
  'A taker pays 7 % x multiplier x price x (1 - price) a contract: most at 50 c,',
  'little at the edges. Buying and selling, YES and NO are charged alike. A maker',
  'pays nothing in most series (quadratic), a quarter of it where the series has',
  'maker fees, half of it in combos. Type and multiplier are of the series, an',
  'event may override them, both may change on a day that is announced, and a',
  'waiver may end: kmm markets show TICKER says what is in force.',
  '',
  'Each fill is rounded, against you, twice: the formula up to $0.0001, then the',
  'balance to its grid ($0.0001 for direct members, a cent for others:',
  'account.balance_step_dollars). What that rounding has cost an order beyond one',
  'step of the grid comes back as a rebate on its later fills; a net fee is never',
  'below zero. Settlement costs nothing.',
];

const FEES_KMM = [
  'What kmm does with it',
  '  A quote must earn its fee and quoting.edge_dollars_min on top, or the side',
  '  is not shown: kmm quote TICKER has every part. Rounding is counted fill by',
  '  fill, rebates are not.',
  '  Every fill of yours is predicted and compared with what was charged. A',
  '  difference is an alert with both numbers and makes quotes of the series',
  '  dearer for a day; above one cent, or as the fourth of a day, it halts the',
  '  market (FEES). docs/runbooks/fees.md',
  '  A fee type without a published formula is not quoted, until',
  '  [unpublished_fees_dollars_per_contract] says what it costs.',
  '',
  'Where to look',
  '  kmm trade buy ... --dry-run    the fee of an order before it is sent',
  '  kmm report pnl                 fees and rebates beside what they bought',
  '  kmm report daily               fees not charged as predicted, one by one',
  '  kmm doctor                     changes that are announced, drift so far',
];

const SETTLEMENT = [
  'SETTLEMENT',
  '',
  'A contract pays $1 or nothing: YES pays where the market ends yes, NO where it',
  'ends no. A market may also end scalar (YES pays a part, NO the rest) or void.',
  'The close ends trading; the result is determined after it (seconds for crypto,',
  "minutes for indices, hours for a day's weather), may be disputed or amended",
  'meanwhile, and pays once it is finalized. A short YES position is a long NO',
  'position: $1 a contract is locked, less what was received.',
  '',
  'What a market settles on is in its rules, not in its name:',
  '  KXBTC15M, KXBTCD and the like    the plain mean of the last 60 one-second',
  '                                   prints of the index, while trading goes on',
  '  KXINX, KXNASDAQ100 and the like  the level of the index at the hour',
  "  KXHIGHNY and the like            a station's high or low of the day",
  'kmm markets rules TICKER says what kmm reads in the text. What it cannot read',
  'it does not price, and a text or strike that changes while a market is open',
  'halts it (RULES).',
  '',
  'What kmm does with it',
  '  Quotes leave before the close (the freeze: kmm risk show lists it for each',
  '  series).',
  "  Positions are paid by the exchange's list of settlements, never by a",
  "  market's status.",
  '  A late fill is paid with it; a result that is determined anew is taken back',
  '  lot by lot and paid anew, as entries of their own. No fee is charged for',
  '  settlement.',
  '  Ledger and exchange are compared to the last digit; a difference is',
  '  explained by its cause, or halts (RECONCILE), and reports print no total',
  '  while there is one.',
  '',
  'Where to look',
  '  kmm settle                     paid, due, disputed; why figures differ',
  '  kmm report pnl                 carry to settlement apart from trading out',
  '  kmm report tax --year 2026     lots with their settlement ids',
  '  docs/runbooks/market-disputed.md, docs/runbooks/reconciliation-differs.md',
];

const PRICES = [300, 1_000, 2_500, 5_000] as const;
const LONG_AGO = 0 as EpochMs;
/** Of a direct member. */
const BALANCE_STEP = microdollars(100);

interface FeeRow {
  readonly price: Centicents;
  readonly contracts: number;
}

/** What one fill costs: as a taker, and as a maker where makers pay. */
function feeTable(layout: TextLayout): readonly string[] {
  const rows = PRICES.flatMap((price): readonly FeeRow[] => [
    { price: centicents(price), contracts: 1 },
    { price: centicents(price), contracts: 100 },
  ]);
  const column = (title: string, cell: (row: FeeRow) => string): TextColumn<FeeRow> => ({
    title,
    align: 'right',
    leaves: 0,
    cell,
  });
  return textTable(
    [
      column('PRICE', ({ price }) => `${price / 100} c`),
      column('CONTRACTS', ({ contracts }) => String(contracts)),
      column('TAKER', (row) => chargedText(row, true)),
      column('MAKER, WHERE MAKERS PAY', (row) => chargedText(row, false)),
    ],
    rows,
    layout,
  );
}

function chargedText({ price, contracts }: FeeRow, isTaker: boolean): string {
  const terms = { type: 'quadratic_with_maker_fees', multiplier: { numerator: 1, denominator: 1 } };
  const fill = { side: 'bid' as Side, price, size: centicontracts(100 * contracts) };
  const fee = tradeFee({ terms, ...fill, isTaker, at: LONG_AGO });
  return fee.kind === 'fee'
    ? `$${formatMoney(chargeFill({ ...fill, tradeFee: fee.fee, balanceStep: BALANCE_STEP }).charged)}`
    : '';
}
