/** Scenarios and VaR, for people and for scripts. */
import { dollarsText, type Glyphs, priceText } from '../../format.ts';
import type { Scenario, StressTail } from '../../lib/core/risk/risk-stress.ts';
import { type Centicents, formatMoney, type Microdollars } from '../../lib/core/units.ts';
import type { TextColumn } from '../text-table.ts';

const SAYS: Readonly<Record<Scenario['name'], string>> = {
  now: 'left now, at the mark',
  worst: 'the worst end of every event, orders filled as badly as can be',
  all_yes: 'every market ends YES; of exclusive ones the one that hurts most',
  all_no: 'every market ends NO',
  shock_down: 'every price falls by',
  shock_up: 'every price rises by',
  pause: 'the exchange stops, what is held goes to its worst end',
  all_filled: 'every order fills whole, then the worst end',
};

export function scenarioColumns(shock: Centicents, signs: Glyphs): readonly TextColumn<Scenario>[] {
  return [
    {
      ...{ title: 'IF', align: 'left', leaves: 0, shrinks: { good: 56, least: 24 } },
      cell: (row) => saidOf(row, shock, signs),
    },
    {
      ...{ title: 'PROFIT', align: 'right', leaves: 0 },
      cell: ({ profit }) => (profit === undefined ? signs.dash : dollarsText(profit)),
    },
  ];
}

function saidOf({ name, eventTicker, outcome }: Scenario, shock: Centicents, signs: Glyphs): string {
  if (eventTicker !== undefined) {
    const how =
      outcome === undefined ? 'each market at its worst' : outcome === 'none' ? 'none ends YES' : `${outcome} ends YES`;
    return `${eventTicker}: ${how}`;
  }
  const by = name === 'shock_down' || name === 'shock_up' ? ` ${priceText(shock, signs)} ${signs.cent}` : '';
  return `${SAYS[name]}${by}`;
}

export function tailLines(tails: readonly StressTail[]): readonly string[] {
  const [first] = tails;
  if (first?.method === 'worst') {
    return [`joint worst case ${lossText(first.worst)}: no chances are given, so VaR and ES are it at every level`];
  }
  return tails.map((tail) => {
    const { level, valueAtRisk, shortfall, worst } = tail;
    const share = `${Math.round(level * 100)} %`;
    return `VaR ${share} ${lossText(valueAtRisk)}   ES ${share} ${lossText(shortfall)}   worst ${lossText(worst)}   ${methodText(tail)}`;
  });
}

function methodText({ method, paths, withoutPmf }: StressTail): string {
  const how = paths === undefined ? 'exact' : `${paths.toLocaleString('en-US')} joint draws`;
  switch (method) {
    case 'pmf':
      return `by the chances given, ${how}`;
    case 'worst':
      return 'every event at its worst';
    case 'both':
      return `by the chances given, ${how}; at their worst ${withoutPmf.join(', ')}`;
    default:
      return method satisfies never;
  }
}

/** A loss without a sign, a certain gain with its own. */
function lossText(loss: number): string {
  const money = Math.round(loss) as Microdollars;
  return loss < 0 ? `${dollarsText(Math.abs(money) as Microdollars)} gained` : dollarsText(money).replace('+', '');
}

export function scenarioRecord({ name, eventTicker, outcome, profit }: Scenario) {
  return {
    ...{ scenario: name, eventTicker: eventTicker ?? null, outcome: outcome ?? null },
    profitDollars: profit === undefined ? null : formatMoney(profit),
  };
}

export function tailRecord({
  level,
  valueAtRisk,
  shortfall,
  worst,
  mean,
  deviation,
  method,
  paths,
  withoutPmf,
}: StressTail) {
  const dollars = (value: number) => (Number.isFinite(value) ? formatMoney(Math.round(value) as Microdollars) : null);
  return {
    ...{ level, method, paths: paths ?? null, withoutPmf },
    ...{ varDollars: dollars(valueAtRisk), shortfallDollars: dollars(shortfall), worstDollars: dollars(worst) },
    ...{ meanDollars: dollars(mean), deviationDollars: dollars(deviation) },
  };
}
