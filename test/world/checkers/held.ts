/** Whether a write of ours can only reduce a position, by what the exchange has said lately. */
import { parseSize, signOf } from '../../../src/lib/core/units.ts';
import type { Observation, Write } from '../observation.ts';
import type { Fault } from '../plan.ts';
import { isCalm } from './resting.ts';

/** A fill is known to us within this: by the stream, or by the readings of the account. */
const CALM_MS = 7_000;
const LOOPS_MS = 70_000;

export class Held {
  readonly #lateMs: number;
  /** What was held and until when, oldest first; the last is what is held. */
  readonly #positions = new Map<string, { size: number; until: number }[]>();
  readonly #filled = new Map<string, number>();

  constructor(faults: readonly Fault[]) {
    this.#lateMs = isCalm(faults) ? CALM_MS : LOOPS_MS;
  }

  see(seen: Observation): void {
    if (seen.kind === 'paid') this.#becomes(seen.ticker, 0, seen.at);
    if (seen.kind !== 'fact') return;
    const { fact } = seen;
    if (fact.type === 'order') this.#filled.set(fact.order.orderId, fact.order.filled);
    if (fact.type !== 'fill') return;
    const { ticker, side, size } = fact.fill;
    this.#becomes(ticker, (this.#past(ticker).at(-1)?.size ?? 0) + signOf(side) * size, seen.at);
  }

  isReducedBy({ body, path }: Write, at: number): boolean {
    const orderId = path.endsWith('/amend') ? path.split('/').at(-2) : undefined;
    const count = parseSize(String(body.count)) ?? 0;
    const size = count - (orderId === undefined ? 0 : (this.#filled.get(orderId) ?? 0));
    const sign = body.side === 'bid' ? 1 : -1;
    const lately = this.#past(String(body.ticker)).filter(({ until }) => until >= at - this.#lateMs);
    return size <= Math.max(0, ...lately.map((one) => -sign * one.size));
  }

  #becomes(ticker: string, size: number, at: number): void {
    const past = this.#past(ticker);
    const last = past.at(-1);
    if (last !== undefined) last.until = at;
    past.push({ size, until: Number.POSITIVE_INFINITY });
    this.#positions.set(ticker, past);
  }

  #past(ticker: string): { size: number; until: number }[] {
    return this.#positions.get(ticker) ?? [];
  }
}
