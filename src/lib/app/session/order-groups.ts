/**
 * One order group per shard and session: the exchange itself cancels everything in it when more contracts fill in 15 s
 * than we accept to lose before a person looks (reliability.md section 5, layer b).
 */

import type { KalshiControls } from '../../adapters/kalshi/rest-controls.ts';
import { sentenceOf } from '../../adapters/kalshi/result.ts';
import type { Engine } from '../../core/engine.ts';
import type { OrderCreated } from '../../core/events.ts';
import type { Halt, HaltName } from '../../core/halts.ts';
import { type Centicontracts, type EpochMs, ONE_CONTRACT } from '../../core/units.ts';

export class OrderGroups {
  readonly #controls: KalshiControls;
  readonly #engine: Engine;
  readonly #byShard = new Map<number, string>();
  /** Shards that a group was ever asked for on. */
  readonly #wanted = new Set<number>();
  /** Under way, by shard; with what came of it, the failure in words. */
  readonly #making = new Map<number, Promise<string | undefined>>();
  #isOver = false;
  /** Shards whose group takes no orders any more. */
  readonly #tripped = new Set<number>();

  constructor(controls: KalshiControls, engine: Engine) {
    this.#controls = controls;
    this.#engine = engine;
  }

  idOn(shard: number): string | undefined {
    return this.#byShard.get(shard);
  }

  get count(): number {
    return this.#byShard.size;
  }

  /** Makes the groups that are missing; the first failure in words. */
  async ensure(shards: readonly number[]): Promise<string | undefined> {
    for (const shard of shards) this.#wanted.add(shard);
    for (const shard of new Set(shards)) {
      if (this.#byShard.has(shard)) continue;
      const problem = await (this.#making.get(shard) ?? this.#make(shard));
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  /** What the stream said about a group; a trip that we did not ask for halts everything. */
  heard(groupId: string, change: string, at: EpochMs): Halt | undefined {
    if (this.#isOver) return undefined;
    const [shard] = [...this.#byShard].find(([, id]) => id === groupId) ?? [];
    if (shard === undefined || (change !== 'triggered' && change !== 'deleted')) return undefined;
    return this.#trip(shard, `order group ${groupId} was ${change}: its orders are cancelled and new ones refused`, at);
  }

  /** A trip that the stream did not tell of, because the link was down: the refusal of a create names it. */
  refused({ clientOrderId, outcome, at }: OrderCreated): Halt | undefined {
    if (this.#isOver || outcome.kind !== 'refused' || !/order group/i.test(outcome.message)) return undefined;
    const shard = this.#engine.orders.byClientId(clientOrderId)?.shard;
    if (shard === undefined || this.#tripped.has(shard)) return undefined;
    return this.#trip(shard, `an order was refused for its group: ${outcome.message}`, at);
  }

  /**
   * Call about once a second: groups that could not be made are tried again; and once the operator has cleared what a trip
   * means, new ones take the place of tripped ones. Not before, for the refusal is what stops a process that does not obey
   * its halts.
   */
  tick(): void {
    const isWhole = this.#tripped.size === 0 && this.#byShard.size === this.#wanted.size;
    if (isWhole || this.#isOver || this.#engine.halts.all().some(({ name }) => FORBIDS_GROUPS.has(name))) return;
    for (const shard of this.#tripped) this.#byShard.delete(shard);
    this.#tripped.clear();
    void this.ensure([...this.#wanted]);
  }

  /** What is still on its way into a group is refused there from now on; there are no new groups after it. */
  async trigger(): Promise<void> {
    this.#isOver = true;
    const groups = [...this.#byShard].map(([shard, groupId]) => ({ shard, groupId }));
    await Promise.all(groups.map((group) => this.#controls.triggerOrderGroup(group)));
  }

  /** Deletes this session's groups, which also cancels what may be left in them. There are none after it. */
  async drop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#making.values());
    const groups = [...this.#byShard].map(([shard, groupId]) => ({ shard, groupId }));
    this.#byShard.clear();
    this.#wanted.clear();
    for (const group of groups) await this.#controls.deleteOrderGroup(group);
  }

  #trip(shard: number, reason: string, at: EpochMs): Halt {
    this.#tripped.add(shard);
    return { name: 'GROUP', scope: '*', since: at, reason };
  }

  #make(shard: number): Promise<string | undefined> {
    if (this.#isOver) return Promise.resolve('the session is ending');
    const making = this.#controls.createOrderGroup(shard, this.#limit()).then((made) => {
      this.#making.delete(shard);
      if (!made.ok) return sentenceOf(made.error);
      this.#byShard.set(shard, made.value);
      return undefined;
    });
    this.#making.set(shard, making);
    return making;
  }

  /** All of the inventory we accept on one shard, filled within 15 s, in whole contracts. */
  #limit(): Centicontracts {
    const { position } = this.#engine.config.parameters.risk;
    const markets = Math.max(1, [...this.#engine.markets()].length);
    const whole = Math.ceil((position * Math.min(markets, MARKETS_AT_ONCE)) / ONE_CONTRACT) * ONE_CONTRACT;
    return whole as Centicontracts;
  }
}

const FORBIDS_GROUPS: ReadonlySet<HaltName> = new Set(['GROUP', 'KILLED', 'STOPPING']);

/** A sweep through more markets than this at once is what the group is for. */
const MARKETS_AT_ONCE = 3;
