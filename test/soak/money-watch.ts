/**
 * What may happen to money, made to happen every few minutes: markets closed early and voided, results disputed and amended,
 * trades, transfers, deposits and withdrawals of the account made elsewhere. Every hour the ledger must come to the exchange's own figures, to
 * the last digit, within the time that news may take.
 */
import type { VirtualWorld } from '../../src/lib/app/run/run-virtual.ts';
import { centicents, centicontracts, microdollars } from '../../src/lib/core/units.ts';
import { integer, type RandomStream, seededStream } from '../../src/lib/sim/random.ts';
import type { Venue } from '../../src/lib/sim/venue.ts';
import { moneyOfExchange, moneyOfLedger } from '../world/money.ts';
import type { Money } from '../world/observation.ts';

const HOUR_MS = 3_600_000;
const MEDDLE_MS = 300_000;
/** Fills, listings and settlements may all be on their way, and the exchange's answers lag and fail. */
const NEWS_MS = 180_000;

export class MoneyWatch {
  readonly #random: RandomStream;
  readonly #untilMs: number;
  readonly #done = new Map<string, number>();
  readonly #late: string[] = [];
  /** Closed early, to be ruled upon. */
  readonly #closed: string[] = [];
  #beganAt: number | undefined;
  #meddleAt = MEDDLE_MS;
  #hours = 0;
  #equalHours = 0;
  #slowestMs = 0;

  /** Meddles until so long after the beginning. */
  constructor(seed: string, untilMs: number) {
    this.#random = seededStream(`money ${seed}`);
    this.#untilMs = untilMs;
  }

  look(world: VirtualWorld): void {
    this.#beganAt ??= world.now;
    const elapsedMs = world.now - this.#beganAt;
    if (elapsedMs >= this.#meddleAt && elapsedMs < this.#untilMs) {
      this.#meddleAt = elapsedMs + MEDDLE_MS;
      this.#meddle(world);
    }
    if (elapsedMs >= (this.#hours + 1) * HOUR_MS) this.#compare(world, elapsedMs - (this.#hours + 1) * HOUR_MS);
  }

  claims(): Readonly<Record<string, boolean>> {
    return {
      equalEveryHour: this.#late.length === 0 && this.#equalHours > 0,
      allHappened: this.#missing().length === 0,
    };
  }

  figures(): Readonly<Record<string, unknown>> {
    const [hours, slowest] = [this.#equalHours, this.#slowestMs / 1_000];
    const late = this.#late.slice(0, 5);
    return {
      hoursEqual: hours,
      slowestSeconds: slowest,
      late,
      done: Object.fromEntries(this.#done),
      missing: this.#missing(),
    };
  }

  #missing(): readonly string[] {
    return HAPPENINGS.filter((what) => !this.#done.has(what));
  }

  #compare({ session, served, accountId }: VirtualWorld, sinceMs: number): void {
    const ours = moneyOfLedger(session.engine.ledger);
    const difference = differenceOf(ours, moneyOfExchange(served.venue, accountId));
    if (difference !== undefined && sinceMs < NEWS_MS) return;
    this.#hours += 1;
    if (difference === undefined) {
      this.#equalHours += 1;
      this.#slowestMs = Math.max(this.#slowestMs, sinceMs);
    } else this.#late.push(`hour ${this.#hours}: ${difference}`);
  }

  #meddle({ served, accountId, now }: VirtualWorld): void {
    const { venue } = served;
    const random = this.#random;
    const ruled = this.#closed.shift();
    if (ruled !== undefined) this.#rule(venue, ruled);
    const open = venue.markets().filter(({ market }) => market.status === 'active' && market.closeAt - now > MEDDLE_MS);
    const ticker = open.length === 0 ? undefined : pick(random, open).market.ticker;
    if (ticker === undefined) return;
    // Whole cents, as whoever pays in or out has them.
    const cash = microdollars(integer(random, 1, 999) * 10_000);
    switch (pick(random, ['trade', 'trade', 'transfer', 'deposit', 'withdraw', 'close', 'close'] as const)) {
      case 'trade': {
        const side = pick(random, ['bid', 'ask'] as const);
        const { kind } = venue.create(accountId, {
          ...{
            ticker,
            side,
            price: centicents(side === 'bid' ? 9_900 : 100),
            size: centicontracts(integer(random, 1, 700)),
          },
          ...{ timeInForce: 'immediate_or_cancel', selfTradePrevention: 'taker_at_cross' },
        });
        this.#note(`trade elsewhere ${kind}`);
        return;
      }
      case 'transfer':
        if ('transferId' in venue.transfer(accountId, 0, 2, cash)) this.#note('transfer done');
        return;
      case 'deposit':
        if ('movementId' in venue.deposit(accountId, 0, cash)) this.#note('deposit done');
        return;
      case 'withdraw':
        if ('movementId' in venue.withdraw(accountId, 0, cash)) this.#note('withdraw done');
        return;
      case 'close':
        this.#note(`close_early ${venue.control({ action: 'close_early', ticker }).kind}`);
        this.#closed.push(ticker);
        return;
    }
  }

  /** A while after its close: the exchange has determined it and has not paid yet, or has. */
  #rule(venue: Venue, ticker: string): void {
    const random = this.#random;
    const result = pick(random, ['yes', 'no', 'void', 'scalar'] as const);
    const value = result === 'scalar' ? { value: centicents(integer(random, 0, 10_000)) } : {};
    this.#note(`determine ${venue.control({ action: 'determine', ticker, result, ...value }).kind}`);
    this.#note(`dispute ${venue.control({ action: 'dispute', ticker }).kind}`);
    this.#note(`amend_result ${result} ${venue.control({ action: 'amend_result', ticker, result, ...value }).kind}`);
  }

  #note(what: string): void {
    this.#done.set(what, (this.#done.get(what) ?? 0) + 1);
  }
}

const HAPPENINGS = [
  ...['trade elsewhere created', 'transfer done', 'deposit done', 'withdraw done', 'close_early done', 'dispute done'],
  ...['yes', 'no', 'void', 'scalar'].map((result) => `amend_result ${result} done`),
];

/** The first figure that is not the same on both sides. What each market earned is told while the exchange still lists every fill. */
function differenceOf(ours: Money, theirs: Money): string | undefined {
  const isWhole = ours.fills === theirs.fills;
  for (const key of ['cash', 'positions', ...(isWhole ? (['earned'] as const) : [])] as const) {
    const names = new Set<string | number>([...ours[key].keys(), ...theirs[key].keys()]);
    for (const name of names) {
      const [mine, its] = [ours[key], theirs[key]].map((one) => (one as ReadonlyMap<unknown, number>).get(name) ?? 0);
      if (mine !== its) return `${key} of ${name}: ours ${mine}, theirs ${its}`;
    }
  }
  return undefined;
}

function pick<Item>(random: RandomStream, items: readonly Item[]): Item {
  return items[integer(random, 0, items.length - 1)] as Item;
}
