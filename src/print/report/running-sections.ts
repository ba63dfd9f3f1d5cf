/** How kmm ran in the period of a report: quotes, limits, halts and incidents, time up, reliability. */
import { ageText, dateTimeText } from '../../format.ts';
import type { MoneyReport } from '../../lib/app/report/money-report.ts';
import type { Microdollars } from '../../lib/core/units.ts';
import type { ReportLimits } from './money-document.ts';
import { amount, count, type Figure, real, type Section, SIGNS, share, size, text } from './report-document.ts';

export function quotesSection({ quoting, fills, adverse, operations }: MoneyReport): Section {
  const creates = quoting.figures.reduce((sum, one) => sum + one.creates, 0);
  const amends = quoting.figures.reduce((sum, one) => sum + one.amends, 0);
  const flattens = operations.filter(({ verb }) => verb === 'flatten').length;
  const { known, adverse: against } = adverse;
  return {
    id: 'quotes',
    title: 'Quotes',
    ...(quoting.samples === 0 && { notes: ['No market was sampled: nothing is known of how it was quoted.'] }),
    figures: [
      { name: 'orders', value: count(creates), unit: 'count' },
      { name: 'changes of orders', value: count(amends), unit: 'count' },
      { name: 'fills an order', value: real(creates === 0 ? null : fills.length / creates, 3), unit: 'ratio' },
      {
        ...{ name: 'adverse fills', unit: 'share', value: share(known === 0 ? null : against / known) },
        note: `mid against us within 60 s; n = ${known}`,
      },
      { name: 'flattens', value: count(flattens), unit: 'count' },
    ],
    tables: [
      {
        nothing: 'No market was followed.',
        columns: [
          { title: 'Market', measure: 'ticker', unit: '', isText: true },
          { title: 'Quoted', measure: 'quoted', unit: 'share' },
          { title: 'Both sides', measure: 'two_sided', unit: 'share' },
          { title: 'Spread ¢', measure: 'spread', unit: 'cents' },
          { title: 'Holding', measure: 'holding', unit: 'share' },
          { title: 'Least', measure: 'position_least', unit: 'contracts' },
          { title: 'Most', measure: 'position_most', unit: 'contracts' },
          { title: 'Orders', measure: 'creates', unit: 'count' },
          { title: 'Changes', measure: 'amends', unit: 'count' },
          { title: 'Samples', measure: 'samples', unit: 'count' },
        ],
        rows: quoting.figures.map((one) => {
          const known = <Value>(value: Value) => (one.samples === 0 ? null : value);
          return [
            text(one.ticker),
            share(known(one.quoted)),
            share(known(one.twoSided)),
            real(one.spread === null ? null : one.spread / 100, 2),
            share(known(one.holding)),
            size(known(one.lowest)),
            size(known(one.highest)),
            count(one.creates),
            count(one.amends),
            count(one.samples),
          ];
        }),
      },
    ],
  };
}

export function limitsSection({ use, period }: MoneyReport, limits: ReportLimits | undefined): Section {
  const of = (used: Microdollars, limit: Microdollars | undefined): string | undefined =>
    limit === undefined ? undefined : `${((used / limit) * 100).toFixed(0)} % of ${amount(limit).text} $`;
  const known = <Value>(value: Value) => (use.samples === 0 ? null : value);
  const figure = (name: string, value: Microdollars, note: string | undefined): Figure => ({
    ...{ name, value: amount(known(value)), unit: 'dollars' },
    ...(note !== undefined && use.samples > 0 && { note }),
  });
  const day = period.kind === 'day' ? of(use.loss, limits?.dayLoss) : undefined;
  return {
    id: 'limits',
    title: 'Use of limits',
    notes: [
      ...(use.samples === 0 ? ['The account was not sampled: nothing is known of what was used.'] : []),
      ...(limits === undefined
        ? ['The configuration cannot be read here, so the limits themselves are not shown.']
        : []),
    ],
    figures: [
      figure('worst outcome at stake, at most', use.worstLoss, of(use.worstLoss, limits?.totalLoss)),
      figure(`lost since the ${period.kind} began, at most`, use.loss, day),
      { name: 'orders resting, at most', value: count(known(use.resting)), unit: 'count' },
      { name: 'orders of unknown fate, at most', value: count(known(use.unknown)), unit: 'count' },
    ],
  };
}

export function incidentsSection({ incidents, operations, until }: MoneyReport): Section {
  const time = { unit: '', isText: true } as const;
  return {
    id: 'incidents',
    title: 'Halts and incidents',
    tables: [
      {
        nothing: 'None.',
        columns: [
          { title: 'What', measure: 'key', unit: '', isText: true },
          { title: 'Priority', measure: 'priority', unit: '', isText: true },
          { title: 'From', measure: 'from', ...time },
          { title: 'To', measure: 'to', ...time },
          { title: 'For', measure: 'seconds', unit: 'seconds' },
          { title: 'Told', measure: 'text', unit: '', isText: true, isLong: true },
        ],
        rows: incidents.map(({ key, priority, from, to, text: told }) => [
          text(key),
          text(priority),
          text(dateTimeText(from), new Date(from).toISOString()),
          to === null ? { text: 'open', exact: null } : text(dateTimeText(to), new Date(to).toISOString()),
          { text: ageText((to ?? until) - from), exact: Math.round(((to ?? until) - from) / 1_000) },
          text(told),
        ]),
      },
      {
        nothing: 'No operator did anything.',
        columns: [
          { title: 'Operator', measure: 'at', ...time },
          { title: 'Verb', measure: 'verb', unit: '', isText: true },
          { title: 'By', measure: 'by', unit: '', isText: true },
          { title: 'Detail', measure: 'detail', unit: '', isText: true, isLong: true },
        ],
        rows: operations.map(({ at, by, verb, detail }) => [
          text(dateTimeText(at), new Date(at).toISOString()),
          text(verb),
          text(by),
          text(detail),
        ]),
      },
    ],
  };
}

export function upTimeSection({ upTime }: MoneyReport): Section {
  const { sessions, died, upMs, share: part, gaps } = upTime;
  return {
    id: 'uptime',
    title: 'Time up and gaps',
    figures: [
      {
        name: 'time up',
        value: { text: ageText(upMs), exact: Math.round(upMs / 1_000) },
        unit: 'seconds',
        note: share(part).text,
      },
      { name: 'sessions', value: count(sessions), unit: 'count' },
      { name: 'died without an end', value: count(died), unit: 'count' },
    ],
    tables: [
      {
        nothing: 'No gap longer than a minute.',
        columns: [
          { title: 'Nothing ran from', measure: 'from', unit: '', isText: true },
          { title: 'To', measure: 'to', unit: '', isText: true },
          { title: 'For', measure: 'seconds', unit: 'seconds' },
        ],
        rows: gaps.map(({ from, to }) => [
          text(dateTimeText(from), new Date(from).toISOString()),
          text(dateTimeText(to), new Date(to).toISOString()),
          { text: ageText(to - from), exact: Math.round((to - from) / 1_000) },
        ]),
      },
    ],
  };
}

export function reliabilitySection({ reliability }: MoneyReport): Section {
  const { count: markets, brier, bins, isVerdict } = reliability;
  const verdict = isVerdict ? [] : [`n = ${markets} markets: below 30 nothing is concluded.`];
  return {
    id: 'calibration',
    title: 'Calibration',
    notes: [
      'Of what was filled, one observation a market: the fair value at our fills beside what the market paid. All decisions, filled or not, are not scored yet.',
      ...(markets === 0 ? ['No decisions yet: no market that we were filled in has paid.'] : verdict),
    ],
    ...(markets > 0 && {
      figures: [{ name: 'Brier score', value: real(brier, 4), unit: 'score', note: `n = ${markets} markets` }],
    }),
    ...(markets > 0 && {
      tables: [
        {
          nothing: '',
          columns: [
            { title: 'Said %', measure: 'probability', unit: 'share' },
            { title: 'Markets', measure: 'count', unit: 'count' },
            { title: 'Came true', measure: 'hits', unit: 'count' },
            { title: '95 % from', measure: 'low', unit: 'share' },
            { title: 'to', measure: 'high', unit: 'share' },
            { title: 'Off', measure: 'is_off', unit: '', isText: true },
          ],
          rows: bins.map(({ probability, count: of, hits, low, high, isOff }) => [
            share(probability),
            count(of),
            count(hits),
            share(low),
            share(high),
            isVerdict ? text(isOff ? 'off' : SIGNS.dash, isOff ? 'off' : '') : text('no verdict', ''),
          ]),
        },
      ],
    }),
  };
}
