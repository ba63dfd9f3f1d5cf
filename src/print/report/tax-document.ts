/** The tax report as a document, its lots as a table of their own in CSV, and its object. */
import { dateTimeText, isoText } from '../../format.ts';
import { csvText } from '../../lib/app/report/csv.ts';
import { feesOf, netOf, type TaxReport, type YearFlows } from '../../lib/app/report/tax-report.ts';
import { type EpochMs, formatMoney, formatPrice, formatSize, type Microdollars } from '../../lib/core/units.ts';
import { warningsOf } from './reconciliation-section.ts';
import { tableRows } from './report-csv.ts';
import {
  amount,
  count,
  type DocumentCell,
  type DocumentColumn,
  type DocumentTable,
  money,
  price,
  type ReportDocument,
  type Section,
  size,
  text,
} from './report-document.ts';

type Lot = TaxReport['lots'][number];

const NO_ADVICE = 'Not tax advice: how these contracts are taxed is for you and whoever advises you.';

export function taxDocument(report: TaxReport): ReportDocument {
  const { env, account, year, isOver, proof, total, incentives, lots } = report;
  return {
    name: 'tax',
    period: year.name,
    title: `Lots closed in ${year.name}, ${env}`,
    subtitle: `First in, first out; dates of New York; account ${account}.${isOver ? '' : ' The year is not over.'} ${NO_ADVICE}`,
    warnings: warningsOf({ proof }),
    lead: [
      { name: 'net', value: money(total?.net), unit: 'dollars' },
      { name: 'proceeds', value: amount(total?.proceeds), unit: 'dollars' },
      { name: 'basis', value: amount(total?.basis), unit: 'dollars' },
      { name: 'fees', value: amount(total?.fees), unit: 'dollars' },
      { name: 'lots', value: count(lots.length), unit: 'count' },
      { name: 'incentives', value: money(incentives), unit: 'dollars', note: 'paid beside the lots' },
    ],
    sections: [
      monthsSection(report),
      statementSection(report),
      { id: 'lots', title: 'Lots', tables: [lotsTable(lots)] },
    ],
  };
}

/** One line a lot. */
export function taxCsv({ lots, proof }: TaxReport): string {
  const [head = [], ...rows] = tableRows(lotsTable(lots));
  const warnings = warningsOf({ proof }).map((warning) => [warning, ...head.slice(1).map(() => '')]);
  return csvText([...warnings, head, ...rows]);
}

export function taxRecord({
  env,
  account,
  year,
  isOver,
  proof,
  lots,
  months,
  total,
  incentives,
  flows,
  stated,
}: TaxReport) {
  return {
    ...{ type: 'report_tax', env, account, year: year.name, method: 'fifo', isOver, proof: proof.kind },
    total: total === null ? null : sumsRecord(total),
    months: months.map(({ month, ...sums }) => ({ month, ...sumsRecord(sums) })),
    incentivesDollars: incentives === null ? null : formatMoney(incentives),
    flows: flowsRecord(flows),
    stated: stated === null ? null : flowsRecord(stated),
    lots: lots.map((lot) => ({
      ...{ ticker: lot.ticker, outcome: lot.outcome, size: formatSize(lot.size) },
      ...{ openedAt: isoText(lot.openedAt), openedBy: lot.openedBy, openPrice: formatPrice(lot.openPrice) },
      ...{ closedAt: isoText(lot.closedAt), closedBy: lot.closedBy, closedHow: lot.closedHow },
      ...{ closePrice: formatPrice(lot.closePrice), proceedsDollars: formatMoney(lot.proceeds) },
      ...{
        basisDollars: formatMoney(lot.basis),
        feesDollars: formatMoney(feesOf(lot)),
        netDollars: formatMoney(netOf(lot)),
      },
      isReversal: lot.isReversal === true,
    })),
  };
}

function sumsRecord({ lots, proceeds, basis, fees, net }: NonNullable<TaxReport['total']>) {
  return {
    ...{ lots, proceedsDollars: formatMoney(proceeds), basisDollars: formatMoney(basis) },
    ...{ feesDollars: formatMoney(fees), netDollars: formatMoney(net) },
  };
}

function flowsRecord({ fills, traded, fees, settlements }: YearFlows) {
  return { fills, tradedDollars: formatMoney(traded), feesDollars: formatMoney(fees), settlements };
}

const dollars = (title: string, measure: string): DocumentColumn => ({ title, measure, unit: 'dollars' });
const words = (title: string, measure: string): DocumentColumn => ({ title, measure, unit: '', isText: true });

function monthsSection({ months }: TaxReport): Section {
  return {
    id: 'months',
    title: 'Months',
    tables: [
      {
        nothing: 'No month has a total.',
        columns: [
          words('Month', 'month'),
          { title: 'Lots', measure: 'lots', unit: 'count' },
          dollars('Proceeds $', 'proceeds'),
          dollars('Basis $', 'basis'),
          dollars('Fees $', 'fees'),
          dollars('Net $', 'net'),
        ],
        rows: months.map(({ month, lots, proceeds, basis, fees, net }) => [
          ...[text(month), count(lots), amount(proceeds), amount(basis), amount(fees), money(net)],
        ]),
      },
    ],
  };
}

/** The exchange gives no figure of a year: what it lists is added up, and laid beside ours. */
function statementSection({ flows, stated }: TaxReport): Section {
  const title = 'Beside the exchange';
  const row = (name: string, of: (flows: YearFlows) => number, cell: (value: number) => DocumentCell) => [
    text(name),
    cell(of(flows)),
    stated === null ? cell(Number.NaN) : cell(of(stated)),
    stated === null ? cell(Number.NaN) : cell(of(flows) - of(stated)),
  ];
  const whole = (value: number) => count(Number.isNaN(value) ? null : value);
  const cash = (value: number) => money(Number.isNaN(value) ? null : (value as Microdollars));
  const isEqual = stated !== null && JSON.stringify(flows) === JSON.stringify(stated);
  return {
    id: 'statement',
    title,
    notes: [
      stated === null
        ? 'The exchange was not asked: --compare reads its own list of the year.'
        : isEqual
          ? 'What the exchange lists of the year is what is here, to the last digit.'
          : 'What the exchange lists of the year is not what is here: explain the difference before using this (kmm settle).',
    ],
    tables: [
      {
        nothing: '',
        columns: [
          words('Of the year', 'what'),
          number('Here', 'here'),
          number('Exchange', 'exchange'),
          number('Difference', 'difference'),
        ],
        rows: [
          row('fills', ({ fills }) => fills, whole),
          row('paid or received for contracts, $', ({ traded }) => traded, cash),
          row('fees, $', ({ fees }) => fees, cash),
          row('settlements', ({ settlements }) => settlements, whole),
        ],
      },
    ],
  };
}

function number(title: string, measure: string): DocumentColumn {
  return { title, measure, unit: '' };
}

function lotsTable(lots: readonly Lot[]): DocumentTable {
  return {
    nothing: 'No lot was closed.',
    columns: [
      words('Market', 'ticker'),
      words('Held', 'outcome'),
      { title: 'Size', measure: 'size', unit: 'contracts' },
      words('Opened', 'opened'),
      words('Closed', 'closed'),
      words('By', 'closed_how'),
      { title: 'Open ¢', measure: 'open_price', unit: 'dollars' },
      { title: 'Close ¢', measure: 'close_price', unit: 'dollars' },
      dollars('Proceeds $', 'proceeds'),
      dollars('Basis $', 'basis'),
      dollars('Fees $', 'fees'),
      dollars('Net $', 'net'),
      words('Opened by', 'opened_by'),
      words('Closed by', 'closed_by'),
    ],
    rows: lots.map((lot) => [
      ...[text(lot.ticker), text(lot.outcome), size(lot.size)],
      ...[moment(lot.openedAt), moment(lot.closedAt)],
      text(lot.isReversal === true ? `${lot.closedHow}, taken back` : lot.closedHow),
      ...[price(lot.openPrice), price(lot.closePrice), amount(lot.proceeds), amount(lot.basis)],
      ...[amount(feesOf(lot)), money(netOf(lot)), text(lot.openedBy), text(lot.closedBy)],
    ]),
  };
}

function moment(at: EpochMs): DocumentCell {
  return text(dateTimeText(at), isoText(at));
}
