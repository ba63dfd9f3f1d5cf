/**
 * The tables of an archive. A row's `n` is its place in its tape: the items of all tables in order of `n` are the tape again.
 *
 * Integers as core counts them: prices in centicents, sizes in centicontracts, money in microdollars, times in epoch ms.
 * Rows of a file are sorted by ticker and place, so that a column holds runs and small steps, which Parquet's own
 * encodings turn into a few bits.
 */

/**
 * How a column is kept. `int`: 32 bits; `small`: 16; `big`: up to 2⁵³; `real`: no money of ours; `side`: bid or ask;
 * `ticker`: text of which there are few.
 */
export type ColumnType = 'int' | 'small' | 'big' | 'real' | 'flag' | 'side' | 'ticker' | 'text';

export interface Column {
  readonly name: string;
  readonly type: ColumnType;
  /** May be without a value. */
  readonly isOptional: boolean;
}

export type TableName = keyof typeof COLUMNS;

const at = 'at_ms:big exchange_at_ms:big?';
const feed = 'conn:int sid:int seq:int';
const maybeFeed = 'conn:int? sid:int? seq:int?';

/** In this order in the files. Every table begins with `n` and `at_ms`; `?`: may be empty. */
const COLUMNS = {
  deltas: `n:int ${at} sent_at_ms:big? ${feed} ticker:ticker side:side price:small delta:int client_order_id:text?`,
  levels: `n:int ${at} sent_at_ms:big? ${feed} ticker:ticker side:side? level:int? price:small? size:big?`,
  trades: `n:int ${at} ${maybeFeed} ticker:ticker taker_side:side price:small size:big trade_id:text`,
  tickers: `n:int ${at} ticker:ticker last_price:small bid:small ask:small bid_size:big ask_size:big volume:big open_interest:big`,
  reference_prices: `n:int ${at} ${maybeFeed} index_id:text value:real window_value:real? window_count:int? window_ends_ms:big?`,
  feed: 'n:int at_ms:big kind:text conn:int? sid:int? seq:int? expected_seq:int? records:int? reason:text?',
  orders:
    `n:int ${at} ticker:ticker side:side price:small status:text filled:big remaining:big initial_size:big order_id:text ` +
    'client_order_id:text expires_at_ms:big? reason:text? group_id:text? shard:int? source:text asked_at_ms:big? as_of_ms:big?',
  fills:
    `n:int ${at} ticker:ticker side:side price:small size:big is_taker:flag fee:big trade_id:text order_id:text ` +
    'client_order_id:text? shard:int?',
  turns: 'n:int at_ms:big turn:int intents:int json:text?',
  events: 'n:int at_ms:big ticker:ticker? type:text json:text',
  records: 'n:int at_ms:big conn:int kind:text body:text? hex:text?',
} as const;

export const TABLES: Readonly<Record<TableName, readonly Column[]>> = Object.fromEntries(
  Object.entries(COLUMNS).map(([table, columns]) => [table, columnsOf(columns)]),
) as Record<TableName, readonly Column[]>;

export const TABLE_NAMES = Object.keys(COLUMNS) as readonly TableName[];

/** By whom a table is divided into series; the others lie under the series of nobody. */
export function hasTicker(table: TableName): boolean {
  return TABLES[table].some(({ type }) => type === 'ticker');
}

/** The partition of what belongs to no market. */
export const NO_SERIES = '_';

/** A column's type in the files. */
export const PARQUET_TYPES: Readonly<Record<ColumnType, string>> = {
  ...{ int: 'INTEGER', small: 'SMALLINT', big: 'BIGINT', real: 'DOUBLE', flag: 'BOOLEAN' },
  ...{ side: 'VARCHAR', ticker: 'VARCHAR', text: 'VARCHAR' },
};

function columnsOf(text: string): readonly Column[] {
  return text.split(' ').map((one) => {
    const [, name = '', type, mark] = /^(\w+):(\w+)(\??)$/.exec(one) ?? [];
    return { name, type: type as ColumnType, isOptional: mark === '?' };
  });
}
