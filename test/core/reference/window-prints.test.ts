import { describe, expect, it } from 'vitest';
import { References } from '../../../src/lib/core/reference/references.ts';
import { epochMs } from '../../../src/lib/core/units.ts';

const CLOSE = epochMs(1_790_000_100_000);
const VALUES = [100_000.11, 100_003.5, 99_998.25, 100_001];

class Told {
  readonly references = new References();
  #sum = 0;
  #count = 0;

  print(value: number, { told = value, closeAt = CLOSE, isHeard = true } = {}): this {
    this.#sum += told;
    this.#count += 1;
    const at = epochMs(closeAt - 60_000 + this.#count * 1_000);
    // Means come with two decimals.
    const window = { value: Math.round((this.#sum / this.#count) * 100) / 100, count: this.#count, endsAt: closeAt };
    if (isHeard) this.references.apply({ type: 'reference_price', at, index: 'BRTI', value, exchangeAt: at, window });
    return this;
  }

  next(): this {
    this.#sum = 0;
    this.#count = 0;
    return this;
  }

  known(count = this.#count, closeAt = CLOSE): readonly number[] | undefined {
    const prints = this.references.get('BRTI')?.prints?.of(closeAt, count);
    return prints && [...prints];
  }
}

describe('the prints of the window under way', () => {
  it('are kept one by one, as far as the mean says that there are', () => {
    const told = new Told();
    for (const value of VALUES) told.print(value);
    expect(told.known()).toEqual(VALUES);
    expect(told.known(3)).toBeUndefined();
    expect(told.known(4, epochMs(CLOSE + 900_000))).toBeUndefined();
  });

  it('begin anew with the next window', () => {
    const told = new Told().print(100_000).print(100_001).next();
    const closeAt = epochMs(CLOSE + 900_000);
    for (const value of VALUES) told.print(value, { closeAt });
    expect(told.known(4, closeAt)).toEqual(VALUES);
  });

  it('are not known to the end of a window of which one was not heard, was not believed, or is not in the mean', () => {
    const after = (over: object) =>
      new Told().print(100_000).print(100_001, over).print(100_002).print(100_003).known();
    expect(after({})).toHaveLength(4);
    expect(after({ isHeard: false })).toBeUndefined();
    expect(after({ told: 100_009 })).toBeUndefined();
    expect(new Told().print(100_000).print(150_000).print(100_002).known()).toBeUndefined();
    const late = new Told().print(100_000, { isHeard: false }).print(100_001).print(100_002);
    expect(late.known()).toBeUndefined();
  });
});
