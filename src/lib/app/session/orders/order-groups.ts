/**
 * One order group per shard and session: the exchange itself cancels everything in it when more contracts fill in 15 s
 * than we accept to lose before a person looks (reliability.md section 5, layer b). The journal remembers them, so that
 * those of a session that crashed are deleted by the next.
 */

import type { KalshiControls } from '../../../adapters/kalshi/rest-controls.ts';
import { type CallError, sentenceOf } from '../../../adapters/kalshi/result.ts';
import type { OrderGroupRow, OrderGroupRows } from '../../../adapters/store/order-group-rows.ts';
import type { Engine } from '../../../core/engine.ts';
import type { OrderCreated } from '../../../core/events.ts';
import { HALT_EVERYTHING, type Halt, haltShard } from '../../../core/risk/halts.ts';
import type { Centicontracts, EpochMs } from '../../../core/units.ts';
import type { Asks } from '../loops.ts';
import { groupLimit } from './group-limit.ts';

export interface OrderGroupsOptions {
  readonly controls: KalshiControls;
  readonly engine: Engine;
  readonly rows: Pick<OrderGroupRows, 'made' | 'ended' | 'left'>;
  readonly account: string;
  /** False while production is not armed: deletes and triggers go out all the same, a group is made when it is. */
  readonly mayMake: () => boolean;
  readonly now: () => EpochMs;
  readonly warn: (text: string) => void;
  readonly asks: Asks;
}

/** A change of a group that the stream tells of. */
export interface GroupNotice {
  readonly groupId: string;
  readonly eventType: string;
  readonly limit?: Centicontracts;
}

interface Group {
  readonly groupId: string;
  readonly limit: Centicontracts;
}

export class OrderGroups {
  readonly #options: OrderGroupsOptions;
  readonly #byShard = new Map<number, Group>();
  /** Shards that a group was ever asked for on. */
  readonly #wanted = new Set<number>();
  /** Under way, by shard; with what came of it, the failure in words. */
  readonly #making = new Map<number, Promise<string | undefined>>();
  #isOver = false;
  /** Shards whose group is not ours to count on any more. */
  readonly #tripped = new Set<number>();

  constructor(options: OrderGroupsOptions) {
    this.#options = options;
  }

  idOn(shard: number): string | undefined {
    return this.#byShard.get(shard)?.groupId;
  }

  get count(): number {
    return this.#byShard.size;
  }

  /**
   * Deletes what earlier sessions left; call when none of their orders may rest. What cannot be deleted now is tried again by
   * the next session. Gives how many are gone.
   */
  async dropLeft(): Promise<number> {
    const { rows, account } = this.#options;
    let gone = 0;
    for (const group of rows.left(account)) if (await this.#delete(group)) gone += 1;
    return gone;
  }

  /** Has them made without waiting for it. */
  want(shards: readonly number[]): void {
    this.#options.asks(this.ensure(shards));
  }

  /** Makes the groups that are missing, or has them made as soon as they may be; the first failure in words. */
  async ensure(shards: readonly number[]): Promise<string | undefined> {
    for (const shard of shards) this.#wanted.add(shard);
    // Nothing is placed until then either.
    if (!this.#options.mayMake()) return undefined;
    for (const shard of new Set(shards)) {
      if (this.#byShard.has(shard)) continue;
      const problem = await (this.#making.get(shard) ?? this.#make(shard));
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  /** What the stream said about a group; a change that we did not ask for halts its shard. */
  heard({ groupId, eventType, limit }: GroupNotice, at: EpochMs): Halt | undefined {
    if (this.#isOver) return undefined;
    const [shard, group] = [...this.#byShard].find(([, one]) => one.groupId === groupId) ?? [];
    if (shard === undefined || group === undefined) return undefined;
    const isOurs = eventType === 'limit_updated' && (limit === undefined || limit === group.limit);
    const meaning = isOurs ? undefined : CHANGES.get(eventType);
    return meaning === undefined ? undefined : this.#trip(shard, `order group ${groupId} was ${meaning}`, at);
  }

  /** A trip that the stream did not tell of, because the link was down: the refusal of a create names it. */
  refused({ clientOrderId, outcome, at }: OrderCreated): Halt | undefined {
    if (this.#isOver || outcome.kind !== 'refused' || !/order group/i.test(outcome.message)) return undefined;
    const shard = this.#options.engine.orders.byClientId(clientOrderId)?.shard;
    if (shard === undefined || this.#tripped.has(shard)) return undefined;
    return this.#trip(shard, `an order was refused for its group: ${outcome.message}`, at);
  }

  /**
   * Call about once a second: groups that could not be made are tried again; and once the operator has cleared what a trip
   * means, a new one takes the place of the tripped one. Not before, for the refusal is what stops a process that does not
   * obey its halts.
   */
  tick(): void {
    if (this.#isOver) return;
    for (const shard of this.#wanted) {
      if (this.#isForbidden(shard)) continue;
      if (this.#tripped.has(shard)) this.#forget(shard);
      this.#options.asks(this.#byShard.has(shard) ? this.#widen(shard) : this.ensure([shard]));
    }
  }

  /**
   * Cancels what rests in them, and what is still on its way into a group is refused there from now on; there are no new
   * groups after it. `tell`: what came of each.
   */
  async trigger(tell: (groupId: string, outcome: string) => void = () => {}): Promise<void> {
    this.#isOver = true;
    const trigger = async (shard: number, groupId: string) => {
      const answer = await this.#options.controls.triggerOrderGroup({ shard, groupId });
      tell(groupId, answer.ok ? 'accepted' : sentenceOf(answer.error));
    };
    await Promise.all([...this.#byShard].map(([shard, { groupId }]) => trigger(shard, groupId)));
  }

  /** Deletes this session's groups, which also cancels what may be left in them. There are none after it. */
  async drop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#making.values());
    const groups = [...this.#byShard].map(([shard, { groupId }]) => this.#row(shard, groupId));
    this.#byShard.clear();
    this.#wanted.clear();
    for (const group of groups) await this.#delete(group);
  }

  #trip(shard: number, reason: string, at: EpochMs): Halt {
    this.#tripped.add(shard);
    return { name: 'GROUP', scope: haltShard(shard), since: at, reason };
  }

  #isForbidden(shard: number): boolean {
    const isHere = ({ scope }: Halt) => scope === HALT_EVERYTHING || scope === haltShard(shard);
    const halts = this.#options.engine.halts.all().filter(isHere);
    return halts.some(({ name }) => name === 'GROUP' || name === 'KILLED' || name === 'STOPPING');
  }

  /** One that was tripped or reset by another still exists, and is of no more use. */
  #forget(shard: number): void {
    const group = this.#byShard.get(shard);
    this.#byShard.delete(shard);
    this.#tripped.delete(shard);
    if (group !== undefined) void this.#delete(this.#row(shard, group.groupId));
  }

  async #delete(group: OrderGroupRow): Promise<boolean> {
    const { controls, rows, now } = this.#options;
    const answer = await controls.deleteOrderGroup(group);
    if (!answer.ok && !isUnknown(answer.error)) {
      this.#options.warn(`order group ${group.groupId} could not be deleted: ${sentenceOf(answer.error)}`);
      return false;
    }
    this.#written(rows.ended(group, now()));
    return true;
  }

  #make(shard: number): Promise<string | undefined> {
    if (this.#isOver) return Promise.resolve('the session is ending');
    const { controls, rows, now } = this.#options;
    const limit = this.#limitOn(shard);
    const making = controls.createOrderGroup(shard, limit).then((made) => {
      this.#making.delete(shard);
      if (!made.ok) return sentenceOf(made.error);
      this.#byShard.set(shard, { groupId: made.value, limit });
      this.#written(rows.made({ ...this.#row(shard, made.value), limit }, now()));
      return undefined;
    });
    this.#making.set(shard, making);
    return making;
  }

  /** More markets than when it was made: they may fill as much as those before them. */
  async #widen(shard: number): Promise<void> {
    const group = this.#byShard.get(shard);
    const limit = this.#limitOn(shard);
    if (group === undefined || limit <= group.limit) return;
    const { groupId } = group;
    // Told of before the answer comes; one that failed trips earlier than it need, and is not asked for again and again.
    this.#byShard.set(shard, { groupId, limit });
    const answer = await this.#options.controls.limitOrderGroup({ groupId, shard }, limit);
    if (!answer.ok) this.#options.warn(`the limit of order group ${groupId} stays: ${sentenceOf(answer.error)}`);
  }

  #limitOn(shard: number): Centicontracts {
    const { engine } = this.#options;
    let markets = 0;
    for (const { isSelected, market } of engine.markets()) if (isSelected && market.shard === shard) markets += 1;
    return groupLimit(engine.config.parameters.risk.position, markets);
  }

  #row(shard: number, groupId: string): OrderGroupRow {
    return { account: this.#options.account, groupId, shard };
  }

  #written(problem: { readonly message: string } | undefined): void {
    if (problem !== undefined) this.#options.warn(problem.message);
  }
}

/** What another did to a group of ours. A reset takes orders again with its count at zero: it is no fuse any more. */
const CHANGES: ReadonlyMap<string, string> = new Map([
  ['triggered', 'triggered: its orders are cancelled and new ones refused'],
  ['deleted', 'deleted: its orders are cancelled and new ones refused'],
  ['reset', 'reset by another: what had filled counts no more'],
  ['limit_updated', 'given another limit by another'],
]);

function isUnknown(error: CallError): boolean {
  return error.kind === 'refused' && error.status === 404;
}
