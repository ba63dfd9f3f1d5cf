/** What may be asked of a running trader over its control socket, and what it answers. Everything asked is checked here. */
import * as z from 'zod';
import type { FlattenAsk, FlattenPreview, FlattenView } from '../../core/flatten/flatten-types.ts';
import type { HandAsk } from '../../core/hand/hand-types.ts';
import { HALT_CLEARS, type Halt, type HaltName } from '../../core/risk/halts.ts';
import type { RiskView } from '../../core/risk/risk-view.ts';
import { type Centicents, type Centicontracts, type EpochMs, type Microdollars, PRICE_ONE } from '../../core/units.ts';
import type { TraderView } from '../../core/view.ts';
import { LOG_LEVELS, type LogLevel } from '../config/config-schema.ts';
import type { HandCheck, HandReply, MoveReport } from '../hand/hand-reply.ts';
import type { ReloadReport } from '../run/reloader.ts';
import { CONTROL_VERSION } from './control-version.ts';

export { CONTROL_VERSION };

const DAY_MS = 86_400_000;

const id = z.string().regex(/^[\w.:+=-]{1,128}$/);
const scope = z.string().min(1).max(200);
const haltName = z.enum(Object.keys(HALT_CLEARS) as [HaltName, ...HaltName[]]);
const by = z.string().min(1).max(64);
const price = z
  .int()
  .min(0)
  .max(PRICE_ONE)
  .transform((value) => value as Centicents);
const size = z
  .int()
  .min(0)
  .transform((value) => value as Centicontracts);
const shard = z.int().nonnegative();

const life = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('take'), takes: z.enum(['immediate_or_cancel', 'fill_or_kill']) }),
  z.strictObject({ kind: z.literal('rest'), ms: z.int().positive() }),
  z.strictObject({ kind: z.literal('renewed') }),
]);

const order = z.strictObject({
  ...{ kind: z.literal('order'), id, ticker: id, side: z.enum(['bid', 'ask']), price, size, life },
});

const ask = z.discriminatedUnion('kind', [
  order,
  z.strictObject({ kind: z.literal('cancel'), id, orderId: id }),
  z.strictObject({
    kind: z.literal('amend'),
    id,
    orderId: id,
    price: price.exactOptional(),
    size: size.exactOptional(),
  }),
  z.strictObject({ kind: z.literal('decrease'), id, orderId: id, by: size.exactOptional(), to: size.exactOptional() }),
]) satisfies z.ZodType<HandAsk>;

const flatten = z.strictObject({
  ...{ id, ticker: id, isPaying: z.boolean(), withinMs: z.int().min(1_000).max(DAY_MS) },
  costMax: z
    .int()
    .positive()
    .transform((value) => value as Microdollars),
}) satisfies z.ZodType<FlattenAsk>;

const version = z.literal(CONTROL_VERSION);
export const controlRequest = z.discriminatedUnion('verb', [
  z.strictObject({ verb: z.literal('ask'), version, ask, by, isDryRun: z.boolean() }),
  /** What an order would be answered now, and how much of it would pass; sends nothing. */
  z.strictObject({ verb: z.literal('check'), version, ask: order }),
  /** How full every limit is. */
  z.strictObject({ verb: z.literal('risk'), version }),
  /** What came of an ask, by its id. */
  z.strictObject({ verb: z.literal('status'), version, id }),
  /** No new exposure in these tickers, or `*`: all; and the same taken back for one halt, whatever its scope is. */
  z.strictObject({ verb: z.literal('pause'), version, scopes: z.array(scope).min(1).max(200), by }),
  z.strictObject({ verb: z.literal('clear'), version, name: haltName, scope, by }),
  /** A way out of a position: considered, begun, or ended; `flatten_look`: how it stands. */
  z.strictObject({ verb: z.literal('flatten'), version, ask: flatten, by, isDryRun: z.boolean() }),
  z.strictObject({ verb: z.literal('flatten_off'), version, ticker: id, by }),
  z.strictObject({ verb: z.literal('flatten_look'), version, id }),
  /** The configuration read again: `look` shows what differs, `safer` applies that, `all` also what `digest` is about. */
  z.strictObject({
    ...{ verb: z.literal('reload'), version, step: z.enum(['look', 'safer', 'all']), by },
    digest: z.string().max(64).exactOptional(),
  }),
  z.strictObject({ verb: z.literal('log_level'), version, level: z.enum(LOG_LEVELS), by }),
  /** Begins to stop, and says so at once; `end` is answered when it has stopped. */
  z.strictObject({ verb: z.literal('stop'), version, by }),
  z.strictObject({ verb: z.literal('end'), version }),
  /** What the trader shows of itself now. */
  z.strictObject({ verb: z.literal('view'), version }),
  /** Its money and its orders, to the last digit. */
  z.strictObject({ verb: z.literal('money'), version }),
  z.strictObject({
    ...{ verb: z.literal('transfer'), version, from: shard, to: shard },
    amount: z
      .int()
      .positive()
      .transform((value) => value as Microdollars),
  }),
]);

export type ControlRequest = z.infer<typeof controlRequest>;

/** What a trader believes it has. Orders of everyone on the account that may rest. */
export interface TraderMoney {
  readonly cash: readonly { readonly shard: number; readonly cash: Microdollars }[];
  readonly positions: readonly { readonly ticker: string; readonly position: Centicontracts }[];
  readonly orders: readonly {
    readonly clientOrderId: string;
    readonly orderId?: string;
    readonly ticker: string;
    readonly remaining: Centicontracts;
  }[];
}

/** How a trader has ended. */
export interface TraderEnd {
  /** Two complete listings in a row held nothing of ours. */
  readonly isConfirmed: boolean;
  readonly restingAtEnd: number;
  /** The ledger agrees with the exchange to the last digit; null: it could not be compared. */
  readonly reconciled: boolean | null;
}

export type ControlAnswer =
  | { readonly kind: 'reply'; readonly reply: HandReply }
  | { readonly kind: 'check'; readonly check: HandCheck }
  | { readonly kind: 'risk'; readonly view: RiskView }
  | { readonly kind: 'moved'; readonly report: MoveReport }
  | { readonly kind: 'view'; readonly view: TraderView }
  | ({ readonly kind: 'reloaded' } & ReloadReport)
  | { readonly kind: 'log_level'; readonly level: LogLevel }
  | { readonly kind: 'money'; readonly money: TraderMoney }
  | { readonly kind: 'flatten'; readonly view: FlattenView }
  | { readonly kind: 'flatten_preview'; readonly preview: FlattenPreview }
  /** What is on now. */
  | { readonly kind: 'halts'; readonly halts: readonly Halt[] }
  | { readonly kind: 'stopping'; readonly orders: number; readonly leaseUntil?: EpochMs }
  | ({ readonly kind: 'ended' } & TraderEnd)
  /** An error of the catalogue. */
  | {
      readonly kind: 'failed';
      readonly code: string;
      readonly message: string;
      readonly position?: string;
      readonly next?: readonly string[];
    };
