/** What a kill did, for people: the halt, the levers, whose orders went, and what may still rest. */
import type { Glyphs } from '../../format.ts';
import type { KilledOrder, KillReport } from '../../lib/app/kill/kill-report.ts';

export function killLines(report: KillReport, glyphs: Glyphs): readonly string[] {
  const { orders, cancelledById, resting, notes, covers } = report;
  const [ours, others] = [orders.filter(({ isOurs }) => isOurs), orders.filter(({ isOurs }) => !isOurs)];
  const byId = report.isSwept ? `${cancelledById} cancelled by id after the sweep` : `${cancelledById} cancelled by id`;
  return [
    headline(report),
    ...(report.isExchangeGone ? [] : [`  ${levers(report)}`]),
    `  ${ours.length} orders of ours could rest${covers[0] === '*' ? '' : ` in ${covers.join(', ')}`}; ${byId}`,
    ...ours.map(line),
    ...(others.length === 0 ? [] : [`  ${others.length} orders that kmm here has not placed went with them`]),
    ...others.map(line),
    ...notes.map((note) => `  ${glyphs.cross} ${note}`),
    `  ${ending(report)}`,
    ...resting.map(({ orderId, ticker, until }) => `    ${ticker} ${orderId}${until ? ` until ${until}` : ''}`),
  ];
}

function headline({ env, latchedIn, isLatching, isLatched, covers, ...report }: KillReport): string {
  const scope = covers[0] === '*' ? '' : ` (${covers.join(', ')})`;
  const where = latchedIn === 'file' ? ' in a file, which a trader and kmm resume honour' : '';
  const latched = `halt KILLED${scope} ${isLatched ? 'latched' : 'NOT latched'}${where}`;
  const halt = `${env}: ${isLatching ? latched : 'halts are left as they are'}`;
  const isFirst = !report.isExchangeGone && report.firstCancelMs > 0;
  return isFirst ? `${halt}; first cancel after ${report.firstCancelMs} ms` : halt;
}

function levers({ scope, covers, isSwept, groupsTriggered }: KillReport): string {
  const groups = `${groupsTriggered} order groups tripped`;
  if (covers[0] !== '*') return 'by id alone: neither sweep nor order groups know markets or strategies';
  if (scope === 'own') return `no account sweep: our own orders alone; ${groups}`;
  return `account sweep ${isSwept ? 'accepted' : 'NOT accepted'}, ${groups}`;
}

function ending({ isExchangeGone, isConfirmed, confirmedMs, isLatched }: KillReport): string {
  const next = isLatched ? '. Next: look, then kmm resume' : '';
  if (isExchangeGone) return `no embedded exchange runs: what it held is gone${isLatched ? '. Next: kmm resume' : ''}`;
  if (isConfirmed) return `confirmed after ${confirmedMs} ms by two empty listings${next}`;
  return "NOT CONFIRMED: orders may rest. Try: kmm kill again, then the exchange's web page";
}

function line({ ticker, side, price, size, clientOrderId, isOurs }: KilledOrder): string {
  const id = isOurs || clientOrderId === '' ? '' : `  ${clientOrderId}`;
  return `    ${ticker} ${side} ${size} at ${price}${id}`;
}
