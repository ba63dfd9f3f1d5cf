/** Limits for scripts: exact decimals in the unit of each. */
import { isoText } from '../../format.ts';
import type { FreezeRow } from '../../lib/app/risk/freezes.ts';
import { shareUsed } from '../../lib/app/risk/risk-scope.ts';
import { LIMITS, type LimitUnit } from '../../lib/core/risk/limits.ts';
import {
  type Centicents,
  type Centicontracts,
  formatMoney,
  formatPrice,
  formatSize,
  type Microdollars,
} from '../../lib/core/units.ts';
import type { LimitRow } from './risk-text.ts';

export function limitRecord({ bar, origins, configured }: LimitRow) {
  const { limit, subject, used, allowed, parts } = bar;
  const { unit, scope, acts, fills } = LIMITS[limit];
  const share = shareUsed(bar);
  const figure = (value: number) => figureRecord(unit, value);
  return {
    ...{ limit, scope, subject: subject ?? null, unit, acts, fills },
    used: used === undefined ? null : figure(used),
    allowed: figure(allowed),
    share: share === undefined || !Number.isFinite(share) ? null : Number(share.toFixed(6)),
    isPassed: used === undefined ? null : used > allowed,
    parts:
      parts === undefined
        ? null
        : {
            held: figure(parts.held),
            resting: figure(parts.resting),
            inFlight: figure(parts.inFlight),
            unknown: figure(parts.unknown),
          },
    origins: origins.map(({ key, value, origin }) => ({ key, value, origin })),
    configured: configured === undefined ? null : figure(configured),
  };
}

export function freezeRecord({ seriesTicker, beforeMs, afterMs, isOwn, next, frozen, origins }: FreezeRow) {
  return {
    ...{ series: seriesTicker, beforeSeconds: beforeMs / 1_000, afterSeconds: afterMs / 1_000, isOwn, frozen },
    ...{ nextTicker: next?.ticker ?? null, nextAt: next === undefined ? null : isoText(next.at), origins },
  };
}

/** Dollars and prices as decimals of a dollar, contracts with two decimals, counts as they are. */
function figureRecord(unit: LimitUnit, value: number): string {
  switch (unit) {
    case 'dollars':
      return formatMoney(value as Microdollars);
    case 'contracts':
      return formatSize(value as Centicontracts);
    case 'price':
      return formatPrice(value as Centicents);
    case 'count':
      return String(value);
    default:
      return unit satisfies never;
  }
}
