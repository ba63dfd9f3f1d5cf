/** What a run came to, for people; scripts get the summary itself. */
import { amountText, dollarsText } from '../../format.ts';
import type { Summary } from '../../lib/app/session/summary.ts';
import { type Microdollars, parseMoney } from '../../lib/core/units.ts';

export function summaryLines(summary: Summary): readonly string[] {
  const { env, seconds, markets, frames, turns, orders, fills, restingAtEnd, tape, droppedFrames } = summary;
  const { placed, amended, cancelled, refused, unknown } = orders;
  const money = (text: string, say: (amount: Microdollars) => string) => say(parseMoney(text) as Microdollars);
  const realized = money(summary.realizedDollars, dollarsText);
  const unrealized = money(summary.unrealizedDollars, dollarsText);
  const [cash, fees] = [money(summary.cashDollars, amountText), money(summary.feesDollars, amountText)];
  return [
    `${env}: ${seconds} s, ${markets} markets, ${frames} frames, ${turns} turns`,
    `orders  placed ${placed}, amended ${amended}, cancelled ${cancelled}, refused ${refused}, unknown ${unknown}; fills ${fills}`,
    `money   cash ${cash}, realized ${realized}, unrealized ${unrealized}, fees ${fees}`,
    `ledger  ${summary.reconciled ? 'equal to the exchange, to the last digit' : differenceText(summary)}`,
    `tape    ${tape}${droppedFrames > 0 ? `, ${droppedFrames} records LOST` : ''}`,
    summary.isConfirmed
      ? `resting ${restingAtEnd}: confirmed by two listings`
      : 'resting NOT CONFIRMED, orders may rest. Try: kmm kill',
  ];
}

function differenceText({ exchangeCashDollars, reconciled }: Summary): string {
  if (exchangeCashDollars === null) return 'NOT COMPARED: the exchange could not be read. Try: kmm run';
  if (reconciled === null) return 'NOT COMPARABLE YET: the exchange was behind our fills until the end. Try: kmm run';
  return `NOT EQUAL to the exchange, whose cash is ${exchangeCashDollars}. Try: kmm explain KMM_RECONCILE`;
}
