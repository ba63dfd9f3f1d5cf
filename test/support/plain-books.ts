/**
 * Books of recorded frames without a line of kmm's own: maps of price to size, and a digest of every top on the way. What kmm
 * says of a recording is held against it.
 */
import { createHash, type Hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

interface PlainMarket {
  snapshots: number;
  deltas: number;
  levels: number;
  lastSeq: number;
  readonly digest: string;
}

interface Sides {
  readonly yes: Map<number, number>;
  readonly no: Map<number, number>;
  readonly hash: Hash;
  snapshots: number;
  deltas: number;
  lastSeq: number;
  conn: number;
}

/** By ticker. `isYesPrice`: NO levels are stated as YES asks. */
export function plainBooks(path: string, isYesPrice = false): Map<string, PlainMarket> {
  const bytes = readFileSync(path);
  const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString();
  const markets = new Map<string, Sides>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const { event, frame, raw, conn = 1, ...rest } = JSON.parse(line);
    const { type, seq, msg } = event ?? frame ?? (raw === undefined ? rest : JSON.parse(raw));
    if (type !== 'orderbook_snapshot' && type !== 'orderbook_delta') continue;
    const ticker: string = msg.market_ticker;
    const known = markets.get(ticker);
    if (type === 'orderbook_snapshot') {
      const market = known ?? fresh(conn);
      market.conn = conn;
      market.yes.clear();
      market.no.clear();
      for (const [price, size] of msg.yes_dollars_fp ?? []) market.yes.set(tick(price), lots(size));
      for (const [price, size] of msg.no_dollars_fp ?? []) market.no.set(noTick(price, isYesPrice), lots(size));
      market.snapshots += 1;
      markets.set(ticker, market);
      hashTop(ticker, seq, market);
    } else if (known !== undefined && known.conn === conn) {
      const side = msg.side === 'yes' ? known.yes : known.no;
      const price = msg.side === 'yes' ? tick(msg.price_dollars) : noTick(msg.price_dollars, isYesPrice);
      const size = (side.get(price) ?? 0) + lots(msg.delta_fp);
      if (size === 0) side.delete(price);
      else side.set(price, size);
      known.deltas += 1;
      hashTop(ticker, seq, known);
    }
  }
  return new Map(
    [...markets].map(([ticker, { yes, no, hash, snapshots, deltas, lastSeq }]) => [
      ticker,
      { snapshots, deltas, lastSeq, levels: yes.size + no.size, digest: hash.digest('hex') },
    ]),
  );
}

function fresh(conn: number): Sides {
  return { yes: new Map(), no: new Map(), hash: createHash('sha256'), snapshots: 0, deltas: 0, lastSeq: 0, conn };
}

/** Hundredths of a cent. */
function tick(price: string): number {
  return Math.round(Number(price) * 10_000);
}

/** A bid for NO, in its own price. */
function noTick(price: string, isYesPrice: boolean): number {
  return isYesPrice ? 10_000 - tick(price) : tick(price);
}

/** Hundredths of a contract. */
function lots(size: string): number {
  return Math.round(Number(size) * 100);
}

function hashTop(ticker: string, seq: number, market: Sides): void {
  const bid = Math.max(...market.yes.keys());
  const no = Math.max(...market.no.keys());
  const bidText = bid > 0 ? `${bid},${market.yes.get(bid)}` : '-,-';
  const askText = no > 0 ? `${10_000 - no},${market.no.get(no)}` : '-,-';
  market.lastSeq = seq;
  market.hash.update(`${ticker},${seq},${bidText},${askText}\n`);
}
