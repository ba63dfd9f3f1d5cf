/**
 * Accounts as they were a moment ago, for reads that lag: pictures of every account's lists, at most ten a second, kept as
 * long as the longest lag. Costs nothing while no plan asks for it.
 */
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { Venue } from '../../sim/venue.ts';

type Lists = Pick<Venue, 'orders' | 'positions' | 'fills' | 'settlements' | 'balance' | 'groups'>;
type Picture = { readonly [Name in keyof Lists]: ReturnType<Lists[Name]> } & { readonly at: EpochMs };

const INTERVAL_MS = 100;

export class AccountHistory {
  readonly #venue: Venue;
  /** By account, oldest first. */
  readonly #pictures = new Map<string, Picture[]>();

  constructor(venue: Venue) {
    this.#venue = venue;
  }

  /** Looks at the account now; pictures that no lag of `lagMsMax` reaches any more are dropped. */
  note(accountId: string, lagMsMax: number): void {
    const { now } = this.#venue;
    const pictures = this.#pictures.get(accountId) ?? [];
    this.#pictures.set(accountId, pictures);
    const last = pictures.at(-1);
    if (last !== undefined && now - last.at < INTERVAL_MS) return;
    while ((pictures[1]?.at ?? now) <= now - lagMsMax) {
      if (pictures.length < 2) break;
      pictures.shift();
    }
    pictures.push(this.#take(accountId, now));
  }

  forget(): void {
    this.#pictures.clear();
  }

  /** The venue as this account saw it then; before the first picture, as in the first picture. */
  asOf(accountId: string | undefined, at: EpochMs): Venue {
    const pictures = accountId === undefined ? [] : (this.#pictures.get(accountId) ?? []);
    const picture = pictures.findLast((one) => one.at <= at) ?? pictures[0];
    return lagged(this.#venue, picture, at);
  }

  #take(accountId: string, at: EpochMs): Picture {
    const venue = this.#venue;
    return {
      at,
      orders: [...venue.orders(accountId)],
      positions: [...venue.positions(accountId)],
      fills: [...venue.fills(accountId)],
      settlements: [...venue.settlements(accountId)],
      balance: [...venue.balance(accountId)],
      groups: [...venue.groups(accountId)],
    };
  }
}

/** Everything of the venue but the lists of the account and the time. */
function lagged(venue: Venue, picture: Picture | undefined, at: EpochMs): Venue {
  const past: Partial<Venue> = {
    now: epochMs(at),
    ...(picture !== undefined && {
      orders: () => picture.orders,
      order: (_, orderId) => picture.orders.find((order) => order.orderId === orderId),
      positions: () => picture.positions,
      fills: () => picture.fills,
      settlements: () => picture.settlements,
      balance: () => picture.balance,
      groups: () => picture.groups,
    }),
  };
  return new Proxy(venue, {
    get(target, name) {
      if (Object.hasOwn(past, name)) return past[name as keyof Venue];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
