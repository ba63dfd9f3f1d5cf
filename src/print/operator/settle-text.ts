/** What a sweep of the settlements has found, for people: settled, due, contested, and the figures to the last digit. */
import { amountText, dateTimeText, dollarsText, positionText, priceText, type Zone } from '../../format.ts';
import type { Adjustment } from '../../lib/app/settle/adjustments.ts';
import type { ContestedLine, DueLine } from '../../lib/app/settle/due-markets.ts';
import type { SettleReport } from '../../lib/app/settle/settle.ts';
import type { SettlementLine } from '../../lib/app/settle/settlement-lines.ts';
import type { Cause } from '../../lib/core/money/bridge-types.ts';
import { formatMoney, formatSize, type Microdollars, microdollars } from '../../lib/core/units.ts';
import { type TextColumn, type TextLayout, textTable } from '../text-table.ts';

export interface SettleStyle {
  readonly zone: Zone;
  readonly layout: TextLayout;
}

export function settleLines(report: SettleReport, style: SettleStyle): readonly string[] {
  const { settlements, due, contested, since } = report;
  const { zone, layout } = style;
  return [
    ...whoBooks(report),
    ...(settlements.length === 0
      ? [`nothing has settled since ${dateTimeText(since, zone)}`]
      : textTable(settlementColumns(report.books, style), settlements, layout)),
    ...fillLines(report),
    ...due.map((line) => dueText(line, style)),
    ...contested.map((line) => contestedText(line, style)),
    ...moneyLines(report),
  ];
}

/** One settlement as it comes. */
export function settlementText(line: SettlementLine, { zone, layout: { signs } }: SettleStyle): string {
  const { ticker, settledAt, result, value, position, paid, realized, order } = line;
  const what = order === 'first' ? 'settled' : order;
  return `${dateTimeText(settledAt, zone)}  ${ticker} ${what} ${result} at ${priceText(value, signs)}${signs.cent}, ${positionText(position)} paid ${dollarsText(paid)}, P&L ${dollarsText(realized)}`;
}

/** What would be written, before it is. */
export function adjustmentLines(adjustments: readonly Adjustment[]): readonly string[] {
  return adjustments.map(
    ({ entryId, kind, shard, amount, label }) =>
      `${kind === 'adjustment' ? 'adjust' : 'book'}  shard ${shard}  ${signed(amount)}  "${label}"  (${entryId})`,
  );
}

function whoBooks({ books, holder, isNew, env }: SettleReport): readonly string[] {
  if (holder !== undefined) {
    const who = holder.isTrader ? 'the running trader' : 'another kmm';
    return [`${who} (process ${holder.pid}) books in ${env}; this only reads`];
  }
  if (books === 'nobody') return ['a dry run: nothing is booked'];
  return isNew ? ['this account was never met before: what it began with follows from all that it did'] : [];
}

function settlementColumns(books: SettleReport['books'], { zone, layout: { signs } }: SettleStyle) {
  const right = { align: 'right' } as const;
  const newWord = books === 'settle' ? 'booked now' : books === 'holder' ? 'not booked yet' : 'to be booked';
  const columns: readonly TextColumn<SettlementLine>[] = [
    { title: 'SETTLED', align: 'left', leaves: 3, cell: ({ settledAt }) => dateTimeText(settledAt, zone) },
    { title: 'MARKET', align: 'left', leaves: 0, shrinks: { good: 20, least: 12 }, cell: ({ ticker }) => ticker },
    { title: 'RESULT', align: 'left', leaves: 0, cell: ({ result }) => result },
    { title: `VALUE ${signs.cent}`.trim(), ...right, leaves: 1, cell: ({ value }) => priceText(value, signs) },
    { title: 'COUNT', ...right, leaves: 0, cell: ({ position }) => positionText(position) },
    { title: 'PAID $', ...right, leaves: 0, cell: ({ paid }) => dollarsText(paid) },
    { title: 'P&L $', ...right, leaves: 0, cell: ({ realized }) => dollarsText(realized) },
    { title: 'FEES $', ...right, leaves: 4, cell: ({ fees }) => amountText(fees) },
    {
      ...{ title: 'STATE', align: 'left', leaves: 2 },
      cell: ({ isNew, order }) => [isNew ? newWord : 'booked', ...(order === 'first' ? [] : [order])].join(', '),
    },
  ];
  return columns;
}

function fillLines({ fills, books }: SettleReport): readonly string[] {
  if (fills.length === 0) return [];
  const late = fills.filter(({ isLate }) => isLate).length;
  const what = `${fills.length} fill${fills.length === 1 ? '' : 's'} that the journal lacked`;
  const word = books === 'settle' ? 'booked now' : 'not booked yet';
  return [`fills   ${what}: ${word}${late === 0 ? '' : `, ${late} of settled markets and paid with it`}`];
}

function dueText(
  { ticker, status, position, since, value, expected }: DueLine,
  { zone, layout: { signs } }: SettleStyle,
) {
  const word = status === 'active' ? 'past its close' : status.replace('_', ' ');
  const when = since === undefined ? '' : `, closed ${dateTimeText(since, zone)}`;
  const pays =
    value === undefined || expected === undefined
      ? 'no result yet'
      : `to pay ${dollarsText(expected)} at ${priceText(value, signs)}${signs.cent}`;
  return `due     ${ticker} is ${word}${when}: holds ${positionText(position)}, ${pays}`;
}

function contestedText({ ticker, word, status, paidValue, value }: ContestedLine, { layout: { signs } }: SettleStyle) {
  const cents = (price: NonNullable<typeof value>) => `${priceText(price, signs)}${signs.cent}`;
  const paid = paidValue === undefined ? 'nothing was paid' : `${cents(paidValue)} a YES was paid`;
  const said = value === undefined ? '' : `, its result says ${cents(value)}`;
  return `${word.padEnd(7)} ${ticker} is ${status.replace('_', ' ')}: ${paid}${said}`;
}

function moneyLines(report: SettleReport): readonly string[] {
  const { cash, positions, isReconciled, checked, hints, missing, written } = report;
  const figures = cash.map(({ shard, ours, theirs }) => {
    const difference = microdollars(theirs - ours);
    const end = difference === 0 ? 'equal' : `differs by ${signed(difference)}`;
    return `cash    shard ${shard}: ours $${formatMoney(ours)}, theirs $${formatMoney(theirs)}, ${end}`;
  });
  return [
    ...figures,
    ...positions.map(
      ({ ticker, ours, theirs }) => `holds   ${ticker}: ours ${formatSize(ours)}, theirs ${formatSize(theirs)}`,
    ),
    ...report.causes.flatMap((cause) => causeLines(cause, report)),
    ...checked.map((text) => `checked ${text}`),
    ...hints.map((text) => `hint    ${text}`),
    ...missing.map((text) => `unread  ${text}`),
    ...written.map(({ shard, amount, label }) => `written shard ${shard}: ${signed(amount)} "${label}"`),
    isReconciled ? 'ledger  equal to the exchange, to the last digit' : 'ledger  DIFFERS from the exchange',
    ...adviceOf(report),
  ];
}

function causeLines({ kind, text, cash, sizes }: Cause, { books, open }: SettleReport): readonly string[] {
  const isOpen = open.some((one) => one.kind === kind && one.text === text);
  const mend = isOpen ? 'open' : books === 'settle' ? 'booked' : 'to be booked';
  const parts = [
    ...cash.map(({ shard, amount }) => `shard ${shard} ${signed(amount)}`),
    ...sizes.map(({ ticker, size }) => `${ticker} ${positionText(size)}`),
  ];
  return [`cause   ${kind.replaceAll('_', ' ')} (${mend}): ${parts.join(', ')}  ${text}`];
}

function adviceOf({ isReconciled, proposals, open, positions }: SettleReport): readonly string[] {
  if (isReconciled) return [];
  return [
    ...(open.some(({ kind }) => kind === 'paid_not_listed')
      ? ['next    wait: the exchange has paid, and lists it soon']
      : []),
    ...(positions.length > 0
      ? [
          'next    contracts are not mended with cash: compare the fills on the web page; kmm flatten works on what the exchange says is held',
        ]
      : []),
    ...(proposals.length > 0 ? ['next    when you can name the cause: kmm settle --repair'] : []),
  ];
}

function signed(amount: Microdollars): string {
  return `${amount < 0 ? '-' : '+'}$${formatMoney(microdollars(Math.abs(amount)))}`;
}
