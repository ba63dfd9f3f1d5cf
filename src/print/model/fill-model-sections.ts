/** Parts of a fill model for people: what a fill costs, how often takers come, whether a quote is still there. */
import type { AdverseRow, FillModel, TakerCell } from '../../lib/core/fill-model/model.ts';
import { reliabilityTable } from '../report/reliability-table.ts';
import { type TextLayout, textTable } from '../text-table.ts';
import { centsText, closeText, figure, paragraph, sharesText, spanText } from './model-figures.ts';

export function adverseSection({ adverse }: FillModel, layout: TextLayout): readonly string[] {
  if (adverse === null) return [];
  return [
    'WHAT A FILL COSTS  cents that the mid goes against it, from just before the fill; and what is left from its price',
    ...textTable<AdverseRow>(
      [
        { title: 'OFFSET', align: 'left', leaves: 0, cell: ({ offset }) => offset },
        { title: 'TO CLOSE', align: 'left', leaves: 0, cell: ({ close }) => closeText(close) },
        { title: 'AFTER', align: 'right', leaves: 0, cell: ({ seconds }) => `${seconds} s` },
        { title: 'BIAS', align: 'right', leaves: 0, cell: ({ bias }) => centsText(bias) },
        { title: '95 %', align: 'left', leaves: 1, cell: (row) => spanText(row, 2, layout.signs) },
        { title: 'NO FILL', align: 'right', leaves: 2, cell: ({ unconditional }) => centsText(unconditional) },
        { title: 'LEFT', align: 'right', leaves: 1, cell: ({ left }) => centsText(left) },
        { title: 'FILLS', align: 'right', leaves: 3, cell: ({ fills }) => String(fills) },
        { title: 'MARKETS', align: 'right', leaves: 4, cell: ({ markets }) => String(markets) },
      ],
      adverse.rows,
      layout,
    ),
  ];
}

export function intensitySection({ intensity }: FillModel, layout: TextLayout): readonly string[] {
  if (intensity === null) return [];
  const { perHour, perHourError, perCent, perCentError, sweeps, hours, fromCents, prints, check } = intensity;
  const { plusMinus } = layout.signs;
  const law = `per side and hour A e^(-k d), A ${figure(perHour, 1)} ${plusMinus} ${figure(perHourError, 1)}, k ${figure(perCent, 3)} ${plusMinus} ${figure(perCentError, 3)} per cent`;
  return [
    `HOW OFTEN TAKERS REACH d CENTS FROM THE MID  ${sweeps} sweeps of at least ${fromCents} c in ${figure(hours, 2)} h`,
    ...paragraph(
      `  ${law}; prints ${figure(prints.perHour, 0)} an hour of ${figure(prints.meanContracts, 1)} contracts`,
      layout.width,
    ),
    ...textTable(
      [
        { title: 'CENTS', align: 'right', leaves: 0, cell: ({ cents }) => String(cents) },
        { title: 'SEEN AN HOUR', align: 'right', leaves: 0, cell: ({ observed }) => figure(observed, 1) },
        { title: 'FITTED', align: 'right', leaves: 0, cell: ({ fitted }) => figure(fitted, 1) },
      ],
      check,
      layout,
    ),
  ];
}

export function quoteSection({ quoteLife }: FillModel, layout: TextLayout): readonly string[] {
  if (quoteLife.length === 0) return [];
  return [
    'HOW LONG A BEST QUOTE STAYS  at its price or better, one contract at least, looked at every 10 s',
    ...textTable(
      [
        { title: 'AFTER', align: 'right', leaves: 0, cell: ({ ms }) => `${ms} ms` },
        { title: 'STILL THERE', align: 'right', leaves: 0, cell: ({ share }) => sharesText(share) },
        { title: '95 %', align: 'left', leaves: 1, cell: (row) => spanText(row, 3, layout.signs) },
        { title: 'QUOTES', align: 'right', leaves: 2, cell: ({ quotes }) => String(quotes) },
      ],
      quoteLife,
      layout,
    ),
  ];
}

export function takerSection({ taker }: FillModel, layout: TextLayout): readonly string[] {
  if (taker === null) return [];
  const { orders, found, markets, features, leftOut, error, table } = taker;
  const { testOrders, testMarkets, brierTrained, brier, brierRate, brierAlways, skill, skillSpan } = error;
  const truth = `${found} of ${orders} marketable orders in ${markets} markets found it (${sharesText(found / orders)}); a simulator that always fills says 100 %`;
  const unseen = `later markets: ${testMarkets}, ${testOrders} orders, ${sharesText(error.found)} found it; Brier ${figure(brier, 4)} (on those fitted on ${figure(brierTrained, 4)}, rate of the earlier ones ${figure(brierRate, 4)}, always filled ${figure(brierAlways, 4)}), ${sharesText(skill)} better than the rate`;
  return [
    'IS THE QUOTE STILL THERE  real immediate-or-cancel orders',
    ...paragraph(`  ${truth}`, layout.width),
    ...leftOut.flatMap(({ why, orders: count, found: hits }) =>
      paragraph(`  left out: ${count} (${hits} found it): ${why}`, layout.width),
    ),
    ...textTable<TakerCell>(
      [
        { title: 'BOOK AGE', align: 'left', leaves: 0, cell: ({ bookAgeMs }) => rangeText(bookAgeMs) },
        { title: 'LATENCY', align: 'left', leaves: 0, cell: ({ submitMs }) => rangeText(submitMs) },
        { title: 'ORDERS', align: 'right', leaves: 1, cell: (cell) => String(cell.orders) },
        { title: 'FOUND', align: 'right', leaves: 0, cell: (cell) => sharesText(cell.found / cell.orders) },
        { title: '95 %', align: 'left', leaves: 2, cell: (cell) => spanText(cell, 2, layout.signs) },
        { title: 'SAID', align: 'right', leaves: 3, cell: ({ said }) => sharesText(said) },
      ],
      table,
      layout,
    ),
    ...textTable(
      [
        { title: 'WHAT WAS KNOWN', align: 'left', leaves: 0, cell: ({ name }) => name },
        { title: 'MEAN', align: 'right', leaves: 2, cell: ({ mean }) => figure(mean, 2) },
        { title: 'SD', align: 'right', leaves: 3, cell: ({ deviation }) => figure(deviation, 2) },
        { title: 'ln ODDS PER SD', align: 'right', leaves: 0, cell: ({ weight }) => centsText(weight) },
      ],
      features,
      layout,
    ),
    ...paragraph(`  ${unseen}${skillSpan === null ? '' : ` ${spanText(skillSpan, 2, layout.signs)}`}`, layout.width),
    ...reliabilityTable(error.reliability, layout),
  ];
}

/** [50, 200] as "50 to 200 ms". */
function rangeText([from, to]: TakerCell['bookAgeMs']): string {
  if (to === null) return from === 0 ? 'any' : `from ${from} ms`;
  return `${from} to ${to} ms`;
}
