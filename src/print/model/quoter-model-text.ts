/** A fitted quoter for people: what was measured, what was chosen, and the lines that a config takes. */

import type { QuoterModel } from '../../lib/core/fill-model/quoter-model.ts';
import { plainFigure } from '../../lib/core/plain-figure.ts';
import type { TextLayout } from '../text-table.ts';

export function quoterModelLines(model: QuoterModel, { signs }: TextLayout): readonly string[] {
  const { fitted, intensity, limitContracts, horizonHours } = model;
  const { as, cara, glft, sigmaCentsPerRootHour: sigma } = fitted;
  const within = (value: number, error: number) => `${figure(value)} ${signs.plusMinus} ${figure(error)}`;
  return [
    `quoter of ${model.series.join(', ')}, fitted ${model.fittedAt} by kmm ${model.code}`,
    `  on ${model.markets} markets, ${figure(model.hours)} h of books with two sides, ${intensity.sweeps} sweeps`,
    `  A      ${within(intensity.perHour, intensity.perHourError)} fills an hour and side at the mid`,
    `  k      ${within(intensity.perCent, intensity.perCentError)} per cent of distance`,
    `  sigma  ${figure(sigma)} cents per root hour, from ${model.volatilitySeconds} seconds of mids`,
    `  gamma  chosen so that ${limitContracts} contracts held move the reservation price by 1/k,`,
    `         ${figure(1 / intensity.perCent)} cents (as: with ${figure(horizonHours)} h to flat)`,
    '',
    '[quoter.cara]',
    `gamma_per_dollar = ${figure(cara.gammaPerDollar)}`,
    `k_per_dollar = ${figure(cara.kPerDollar)}`,
    '[quoter.as]',
    `gamma_per_cent = ${figure(as.gammaPerCent)}`,
    `kappa_per_cent = ${figure(as.kappaPerCent)}`,
    `sigma_cents_per_root_hour = ${figure(sigma)}`,
    '[quoter.glft]',
    `gamma_per_cent = ${figure(glft.gammaPerCent)}`,
    `k_per_cent = ${figure(glft.kPerCent)}`,
    `fills_per_hour = ${figure(glft.fillsPerHour)}`,
    `sigma_cents_per_root_hour = ${figure(sigma)}`,
    `fitted_fills = ${glft.fittedFills}`,
  ];
}

/** Four digits, never as a power of ten. */
function figure(value: number): string {
  return plainFigure(value, 4);
}
