/** Whether the money reconciles, said before every number, and the fees that were not charged as predicted. */
import { dateTimeText } from '../../format.ts';
import type { FeesReported, MoneyReport } from '../../lib/app/report/money-report.ts';
import { type EpochMs, formatMoney, type Microdollars, microdollars } from '../../lib/core/units.ts';
import { counted, type DocumentCell, type DocumentTable, type Section, size, text } from './report-document.ts';

/** before every number. */
export function warningsOf({ proof }: Pick<MoneyReport, 'proof'>): readonly string[] {
  const NO_TOTAL = 'No total is printed.';
  switch (proof.kind) {
    case 'equal':
      return [];
    case 'differs':
      return [
        `The money does not reconcile. At ${dateTimeText(proof.at)} ledger and exchange differed: ${proof.differences.join('; ')}. ${NO_TOTAL}`,
      ];
    case 'behind':
      return [
        `The money is not reconciled: ${counted(proof.entries, 'entry', 'entries')} came after the last comparison with the exchange (${dateTimeText(proof.at)}). ${NO_TOTAL}`,
      ];
    case 'never':
      return [`The money is not reconciled: ledger and exchange were never compared. ${NO_TOTAL}`];
    default:
      return proof satisfies never;
  }
}

export function reconciliationSection({ proof, fees }: MoneyReport): Section {
  return {
    id: 'reconciliation',
    title: 'Reconciliation',
    notes: [proofText(proof), feesText(fees)],
    ...(fees.differences.length > 0 && { tables: [feesTable(fees)] }),
  };
}

function proofText(proof: MoneyReport['proof']): string {
  if (proof.kind !== 'equal') return warningsOf({ proof }).join(' ');
  const when =
    proof.at === undefined ? 'after its end' : `at ${dateTimeText(proof.at as EpochMs)}, and nothing has moved since`;
  return `Cash and positions equal the exchange's to the last digit (compared ${when}).`;
}

function feesText({ checked, differing, doubted, unpredicted, drift }: FeesReported): string {
  if (checked === 0) return 'No fee was compared with its prediction.';
  const found = [
    `${checked - differing - doubted - unpredicted} as predicted`,
    differing === 0
      ? '0 differ'
      : `${differing} ${differing === 1 ? 'differs' : 'differ'} (${formatMoney(drift)} $ in all)`,
    ...(doubted > 0 ? [`${doubted} in doubt`] : []),
    ...(unpredicted > 0 ? [`${unpredicted} could not be predicted`] : []),
  ];
  return `${counted(checked, 'fee', 'fees')} judged: ${found.join(', ')}.`;
}

/** Those in doubt may be explained by a fill that is not known yet. */
function feesTable({ differences }: FeesReported): DocumentTable {
  return {
    nothing: '',
    columns: [
      { title: 'Trade', measure: 'trade_id', unit: '', isText: true },
      { title: 'Judged', measure: 'at', unit: '', isText: true },
      { title: 'Market', measure: 'ticker', unit: '', isText: true },
      { title: 'Contracts', measure: 'size', unit: 'contracts' },
      { title: 'Predicted $', measure: 'predicted', unit: 'dollars' },
      { title: 'Charged $', measure: 'charged', unit: 'dollars' },
      { title: 'Difference $', measure: 'difference', unit: 'dollars' },
      { title: 'Verdict', measure: 'verdict', unit: '', isText: true },
      { title: 'Why', measure: 'reason', unit: '', isText: true, isLong: true },
    ],
    rows: differences.map(({ tradeId, at, ticker, size: contracts, predicted, charged, verdict, reason }) => [
      ...[text(tradeId), text(dateTimeText(at)), text(ticker), size(contracts), exact(predicted), exact(charged)],
      ...[exact(microdollars(charged - predicted)), text(verdict), text(reason ?? '')],
    ]),
  };
}

/** Fees differ by less than a cent. */
function exact(value: Microdollars): DocumentCell {
  return { text: formatMoney(value), exact: formatMoney(value) };
}
