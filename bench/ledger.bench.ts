/**
 * What a fill costs the ledger, beside the plainest loop that keeps cash, position and fees in a Map; and a million fills
 * rebuilt from a journal on disk, entry by entry, with their hash.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openDatabase } from '../src/lib/adapters/store/database.ts';
import { MoneyRows } from '../src/lib/adapters/store/money-rows.ts';
import { StoreProblem } from '../src/lib/adapters/store/problem.ts';
import { ledgerHash } from '../src/lib/app/money/rebuild-ledger.ts';
import type { FillSeen } from '../src/lib/core/events.ts';
import type { Entry } from '../src/lib/core/money/entry.ts';
import { Ledger } from '../src/lib/core/money/ledger.ts';
import { centicents, centicontracts, epochMs, microdollars, signOf } from '../src/lib/core/units.ts';
import { integer, seededStream } from '../src/lib/sim/random.ts';

const FILLS = 1_000_000;
const MARKETS = 500;
const ROUNDS = 3;
const AT = 1_790_000_000_000;
const ACCOUNT = 'bench';

export function run(): { name: string; lines: string[] } {
  const fills = drawFills();
  const plain = fastest(() => plainLoop(fills));
  const ledger = fastest(() => booked(fills, new Ledger()));
  let lines = 0;
  const kept = fastest(() => {
    lines = 0;
    const onEntry = ({ postings }: Entry) => {
      lines += postings.length;
    };
    return booked(fills, new Ledger({ onEntry }));
  });
  if (plain.cash !== ledger.cash || plain.cash !== kept.cash) throw new Error('the ledgers disagree');
  const us = (ms: number) => ((ms * 1_000) / FILLS).toFixed(2);
  return {
    name: 'ledger',
    lines: [
      `a fill: ${us(ledger.ms)} µs, ${(ledger.ms / plain.ms).toFixed(1)} × a plain loop (${us(plain.ms)} µs); with its entry ${us(kept.ms)} µs, ${(lines / FILLS).toFixed(1)} postings`,
      rebuilt(fills),
    ],
  };
}

function fastest(work: () => number): { ms: number; cash: number } {
  let ms = Number.POSITIVE_INFINITY;
  let cash = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const startedMs = performance.now();
    cash = work();
    ms = Math.min(ms, performance.now() - startedMs);
  }
  return { ms, cash };
}

function booked(fills: readonly FillSeen[], ledger: Ledger): number {
  for (const fill of fills) ledger.fill(fill, 0);
  return ledger.totalCash();
}

function plainLoop(fills: readonly FillSeen[]): number {
  const positions = new Map<string, number>();
  const known = new Set<string>();
  let cash = 0;
  for (const { tradeId, ticker, side, price, size, fee } of fills) {
    if (known.has(tradeId)) continue;
    known.add(tradeId);
    const before = positions.get(ticker) ?? 0;
    const after = before + signOf(side) * size;
    positions.set(ticker, after);
    cash -= signOf(side) * price * size + fee + 10_000 * (Math.max(0, -after) - Math.max(0, -before));
  }
  return cash;
}

/** In a journal of its own, in a temporary folder. */
function rebuilt(fills: readonly FillSeen[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'kmm-ledger-bench-'));
  try {
    const path = join(folder, 'kmm.db');
    write(path, fills);
    const rows = MoneyRows.open(path, 'sim');
    if (rows instanceof StoreProblem) throw new Error(rows.message);
    const [startedMs, before] = [performance.now(), process.cpuUsage()];
    const { entries } = ledgerHash(rows, ACCOUNT);
    const seconds = (performance.now() - startedMs) / 1_000;
    const { user, system } = process.cpuUsage(before);
    const busy = ((user + system) / 1e6).toFixed(1);
    rows.close();
    return `${entries} entries of ${MARKETS} markets rebuilt from the journal, with their hash: ${seconds.toFixed(1)} s (${busy} s of a core), budget 20`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function write(path: string, fills: readonly FillSeen[]): void {
  const made = openDatabase({ path, env: 'sim' });
  if (made instanceof StoreProblem) throw new Error(made.message);
  made.close();
  const database = new Database(path);
  database.pragma('foreign_keys = OFF');
  const insert = database.prepare(`
    INSERT INTO fills (account, trade_id, session, order_id, client_order_id, ticker, side, price, size, is_taker, fee, shard,
      exchange_at, at) VALUES (?, ?, 1, ?, NULL, ?, ?, ?, ?, 0, ?, 0, ?, ?)`);
  database.transaction(() => {
    for (const { tradeId, orderId, ticker, side, price, size, fee, at } of fills) {
      insert.run(ACCOUNT, tradeId, orderId, ticker, side, price, size, fee, at, at);
    }
  })();
  database.close();
}

function drawFills(): FillSeen[] {
  const stream = seededStream('fills of a bench');
  const tickers = Array.from({ length: MARKETS }, (_, index) => `KXBENCH-26NOV20-T${index}`);
  return Array.from({ length: FILLS }, (_, index) => ({
    type: 'fill',
    at: epochMs(AT + index),
    // As the exchange's: in no order.
    tradeId: `${integer(stream, 0, 0xffffffff).toString(16)}-${index}`,
    orderId: `order-${index}`,
    ticker: tickers[integer(stream, 0, MARKETS - 1)] ?? '',
    side: stream.next() < 0.5 ? 'bid' : 'ask',
    price: centicents(integer(stream, 1, 9_999)),
    size: centicontracts(integer(stream, 1, 2_000)),
    isTaker: false,
    fee: microdollars(integer(stream, 0, 20_000)),
  }));
}
