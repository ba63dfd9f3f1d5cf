import { Args, Flags } from '@oclif/core';
import { HandCommand, handFlags } from '../../hand-command.ts';
import type { Configuration } from '../../lib/app/config/config.ts';
import { KmmError } from '../../lib/app/errors/errors.ts';
import type { HandDesk } from '../../lib/app/hand/hand-desk.ts';
import { endRecord, endText, outcomeOfSide } from '../../print/operator/trade-text.ts';

export default class TradeCancel extends HandCommand<typeof TradeCancel> {
  static override summary = 'cancel orders by id, and wait for the proof';
  static override description =
    `One order is cancelled without a question; --all asks. A quote of the running trader is cancelled as well, and the
trader will quote again. To stop everything: kmm kill.`;
  static override examples = [
    '<%= config.bin %> trade cancel 0197f3a2-4c1d-7000-8000-00000000002a',
    '<%= config.bin %> trade cancel --all --ticker KXBTC15M-26NOV201515-15 --yes',
  ];
  static override args = { order: Args.string({ description: "the exchange's id of the order, or our own" }) };
  static override flags = {
    all: Flags.boolean({ description: 'every resting order of the account' }),
    ticker: Flags.string({ dependsOn: ['all'], description: 'with --all: of this market only' }),
    ...handFlags,
  };

  async run(): Promise<object> {
    const { all } = this.flags;
    const { order } = this.args;
    if ((order === undefined) === !all) throw new KmmError('KMM_USAGE', 'name one order, or give --all');
    return this.onDesk('take', async (desk, configuration) => {
      const ids = order === undefined ? await this.#resting(configuration) : [order];
      if (order === undefined && ids.length > 0) {
        await this.confirmed(`cancel ${ids.length} orders`, 'moderate', configuration);
      }
      const { orders, failure } = await this.#cancel(desk, ids);
      if (failure !== undefined) throw failure;
      if (ids.length === 0) this.log('no order rests');
      return this.toRecord({ type: 'trade_cancel', via: desk.kind, orders });
    });
  }

  /** Each by itself: one that fails keeps no other from being cancelled. */
  async #cancel(desk: HandDesk, ids: readonly string[]) {
    const { randomUUID } = await import('node:crypto');
    const orders: object[] = [];
    let failure: unknown;
    for (const orderId of ids) {
      try {
        const ended = await this.carriedOut(desk, { kind: 'cancel', id: randomUUID(), orderId });
        orders.push({ ...endRecord(ended), ticker: ended.order?.ticker ?? null });
        if (ended.order !== undefined) this.log(endText(ended.order, outcomeOfSide(ended.order.side), this.glyphs));
      } catch (error) {
        failure ??= error;
        if (ids.length > 1) this.note(`${orderId}: ${error instanceof KmmError ? error.what : String(error)}`);
      }
    }
    return { orders, failure };
  }

  async #resting(configuration: Configuration): Promise<readonly string[]> {
    const { readOrders, withAccount } = await import('../../lib/app/hand/read-account.ts');
    const { ticker } = this.flags;
    const query = { status: 'resting', ...(ticker !== undefined && { ticker }) } as const;
    const orders = await withAccount(configuration, (rest) => readOrders(rest, query));
    return orders.map(({ orderId }) => orderId);
  }
}
