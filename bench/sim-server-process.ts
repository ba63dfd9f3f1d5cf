/** The exchange that sim-server.bench.ts loads, as a process of its own: 200 markets whose books change 2,000 times a second. */
import { generateKeyPair } from '../src/lib/adapters/kalshi/sign.ts';
import { startSimServer } from '../src/lib/adapters/sim-server/server.ts';
import { SIM_CASH } from '../src/lib/app/sim/sim-world.ts';
import type { BookDelta, BookSnapshot } from '../src/lib/core/events.ts';
import { centicents, centicontracts, type EpochMs, epochMs, type Side } from '../src/lib/core/units.ts';
import { recordedWorld } from '../src/lib/sim/world.ts';
import type { LoadedServer, LoadReport } from './sim-server.bench.ts';

const MARKETS = 200;
const CHANGES_PER_MS = 2;
const LEVELS = 10;
const DAY_MS = 86_400_000;

const startAt = epochMs(Date.now());
const tickers = Array.from({ length: MARKETS }, (_, index) => `KXBENCH-26NOV28-T${index}`);
const markets = tickers.map((ticker) => ({ ticker, closeAt: epochMs(startAt + DAY_MS), shard: 2 }));
const venue = recordedWorld({ seed: 'bench', startAt, events: changes(startAt), markets });
venue.openAccount('bench', SIM_CASH);
const { privateKey, publicKey } = generateKeyPair('rsa');
const keys = [{ keyId: 'bench', publicKeyPem: publicKey, accountId: 'bench' }];
const server = await startSimServer({ venue, port: 0, speed: 1, keys, startAt: epochMs(Date.now()), tier: 'prestige' });

let cpu = process.cpuUsage();
let startedMs = performance.now();
process.on('message', (message: 'reset' | 'report') => {
  if (message === 'report') {
    const { user, system } = process.cpuUsage(cpu);
    const cpuShare = (user + system) / 1_000 / (performance.now() - startedMs);
    process.send?.({ cpuShare, heapMegabytes: process.memoryUsage().heapUsed / 2 ** 20 } satisfies LoadReport);
  }
  cpu = process.cpuUsage();
  startedMs = performance.now();
});
process.on('disconnect', () => process.exit(0));
process.send?.({ rest: server.restUrl, ws: server.wsUrl, keyId: 'bench', privateKey, tickers } satisfies LoadedServer);

/** A picture of every book, then one level after the other grows and shrinks again, for ever. */
function* changes(from: EpochMs): Iterator<BookSnapshot | BookDelta> {
  const feed = { conn: 1, sid: 1, seq: 1 };
  for (const ticker of tickers) {
    const levels = (side: Side) =>
      Array.from({ length: LEVELS }, (_, depth) => ({ price: priceAt(side, depth), size: centicontracts(10_000) }));
    yield { type: 'book_snapshot', at: from, feed, ticker, bids: levels('bid'), asks: levels('ask') };
  }
  for (let index = 0; ; index += 1) {
    const side: Side = index % 2 === 0 ? 'bid' : 'ask';
    const round = Math.floor(index / MARKETS);
    yield {
      type: 'book_delta',
      at: epochMs(from + 1 + Math.floor(index / CHANGES_PER_MS)),
      feed,
      ticker: tickers[index % MARKETS] as string,
      side,
      price: priceAt(side, Math.floor(round / 2) % LEVELS),
      delta: centicontracts(round % 2 === 0 ? 525 : -525),
    };
  }
}

function priceAt(side: Side, depth: number) {
  return centicents(side === 'bid' ? 4_800 - depth * 100 : 5_200 + depth * 100);
}
