/** What the clocks bring next to what is quoted: quotes begin, leave, a value is fixed, news, the exchange's maintenance. */
import type { Market } from '../market.ts';
import type { Parameters } from '../parameters.ts';
import type { EpochMs } from '../units.ts';
import { maintenanceWindow } from './maintenance.ts';
import { freezeAt, makeAt } from './market-clock.ts';
import { newsOver } from './releases.ts';

export interface NextThing {
  readonly kind: 'make' | 'freeze' | 'fix' | 'news' | 'maintenance';
  /** A market's ticker, the name of the news, or `exchange`. */
  readonly name: string;
  readonly at: EpochMs;
}

/** The next of each kind, the earliest first. News count from when quotes leave for them. */
export function nextThings(
  markets: Iterable<Market>,
  parameters: Pick<Parameters, 'quoting' | 'clock'>,
  now: EpochMs,
): readonly NextThing[] {
  const next = new Map<NextThing['kind'], NextThing>();
  const offer = (kind: NextThing['kind'], name: string, at: EpochMs) => {
    const known = next.get(kind);
    if (at > now && (known === undefined || at < known.at)) next.set(kind, { kind, name, at });
  };
  for (const market of markets) {
    const { ticker, closeAt } = market;
    offer('make', ticker, makeAt(market, parameters));
    offer('freeze', ticker, freezeAt(market, parameters));
    offer('fix', ticker, closeAt);
    for (const { name, pullsAt } of newsOver(market, parameters.clock?.news, now)) offer('news', name, pullsAt);
  }
  offer('maintenance', 'exchange', maintenanceWindow(now).startsAt);
  return [...next.values()].sort((a, b) => a.at - b.at);
}
