/** `kmm book`, `kmm quote` and `kmm sim serve`: they look, they place nothing, and they leave nothing behind. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type SimServing, serveSim } from '../../src/lib/app/sim/sim-serve.ts';
import { epochMs } from '../../src/lib/core/units.ts';
import { HAS_PROC, type Place, place } from '../support/cli.ts';
import { jsonHere } from '../support/kmm-here.ts';
import type { Json } from '../support/sim-client.ts';

const NOTE = 'looking at an embedded exchange of its own (no kmm run and no kmm sim serve here)\n';
/** Hours before any day's market closes: shortly before, none is quoted. */
const FRIDAY_MORNING = epochMs(Date.UTC(2026, 10, 20, 15, 1));
const PRICE = /^[01]\.\d{4}$/;

interface Level {
  readonly price: number;
  readonly size: number;
}

function levels(pairs: readonly [string, string][]): Level[] {
  return pairs.map(([price, size]) => ({ price: Number(price), size: Number(size) }));
}

function isClean(here: Place): boolean {
  return readdirSync(here.home.keys).length === 0 && (!HAS_PROC || here.processes().length === 0);
}

/** Shared by the commands for which it need not be their own. */
let served: SimServing;

beforeAll(async () => {
  const { home } = place({}, afterAll);
  const world = { seed: 'a look', background: [], startAt: FRIDAY_MORNING };
  served = await serveSim({ ...world, port: 0, speed: 1, keyKind: 'ed25519', keyDirectory: home.keys });
  afterAll(() => served.close());
});

function keyed(): string[] {
  const { rest, keyId, privateKeyFile } = served.listening;
  return ['--sim-url', rest, '--key-id', keyId, '--key-file', privateKeyFile];
}

describe.concurrent('book', () => {
  it('--once prints one book of each open market and ends, also as objects', async ({ expect, onTestFinished }) => {
    const here = place({}, onTestFinished);
    const text = await here.kmm('book', 'KXBTC15M', '--once', '--depth', '2');
    const objects = await jsonHere(here, ['book', 'KXBTCD', '--once', ...keyed()]);
    expect([text.exit, text.stderr]).toEqual([0, NOTE]);
    expect(text.stdout).toMatch(/^KXBTC15M-\S+ {2}\d\d:\d\d:\d\d ET {2}seq \d+\n( {2}(ask|bid) .*\n){2,4}$/);
    expect(objects.exit).toBe(0);
    const tickers = objects.records.map(({ ticker }) => ticker);
    expect(tickers.length).toBeGreaterThan(1);
    expect(new Set(tickers).size).toBe(tickers.length);
    for (const { isValid, bids, asks } of objects.records) {
      expect(isValid).toBe(true);
      for (const [price] of [...bids, ...asks]) expect(price).toMatch(PRICE);
      const [bid, ask] = [levels(bids)[0], levels(asks)[0]];
      if (bid !== undefined && ask !== undefined) expect(bid.price).toBeLessThan(ask.price);
    }
    expect(isClean(here)).toBe(true);
  });

  it('streams until it is interrupted', async ({ expect, onTestFinished }) => {
    const here = place({}, onTestFinished);
    const book = here.start('book', 'KXBTC15M', '--json');
    const first = await book.record(() => true);
    await book.record(({ seq }) => seq > first.seq + 2);
    book.signal('SIGINT');
    const { exit } = await book.ended;
    expect(exit).toBe(0);
    const sequence = book.records.map(({ seq }) => seq);
    expect(sequence).toEqual([...sequence].sort((a, b) => a - b));
    expect(isClean(here)).toBe(true);
  });

  it.for([
    ['book', 'KXNOPE'],
    ['quote', 'KXBTC15M-NOPE'],
  ] as const)(
    'and quote know no market that is not there: %s %s',
    async ([command, name], { expect, onTestFinished }) => {
      const { exit, records } = await jsonHere(place({}, onTestFinished), [command, name, ...keyed()]);
      expect([exit, records[0].error.code]).toEqual([2, 'KMM_TICKER_UNKNOWN']);
    },
  );
});

describe('quote', () => {
  it('says what would be quoted and why, and leans against inventory', async ({ expect, onTestFinished }) => {
    const here = place({}, onTestFinished);
    const quote = async (...words: string[]): Promise<Json[]> => {
      const line = ['quote', 'KXHIGHNY', '--fair', 'fixed:0.5', ...keyed(), ...words];
      const { exit, records } = await jsonHere(here, line);
      expect(exit).toBe(0);
      return records[0].markets;
    };
    const [flat, long, as] = [await quote(), await quote('--inventory', '40'), await quote('--strategy', 'as')];
    expect(flat.length).toBeGreaterThan(1);
    for (const [index, market] of flat.entries()) {
      expect([undefined, 'BINS']).toContain(market.gate?.name);
      expect(market).toMatchObject({ fair: { probability: 0.5, source: 'fixed' }, numbers: {} });
      for (const side of [market.bid, market.ask]) {
        expect(side).toMatchObject({ reason: expect.any(String), rawCents: expect.any(Number) });
        if (side.price !== null) expect(side.price).toMatch(PRICE);
      }
      expect(market.reservation).toBeCloseTo(0.5, 2);
      expect(long[index].reservation).toBeLessThan(market.reservation);
    }
    expect(flat.filter(({ gate }) => gate === null)).toHaveLength(4);
    expect(as.map(({ numbers }) => Object.keys(numbers))).not.toEqual(flat.map(({ numbers }) => Object.keys(numbers)));
  });

  it('refuses an inventory that is no count', async ({ expect, onTestFinished }) => {
    const words = ['quote', 'KXBTC15M', '--inventory', '1.234'];
    const { exit, records } = await jsonHere(place({}, onTestFinished), words);
    expect([exit, records[0].error.code]).toEqual([2, 'KMM_USAGE']);
  });
});

describe.concurrent('sim serve', () => {
  it.for(['rsa', 'ed25519'])(
    'prints where it listens with a funded %s key, then what happens, and takes the key with it',
    async (kind, { expect, onTestFinished }) => {
      const here = place({}, onTestFinished);
      const flags = kind === 'ed25519' ? ['--ed25519'] : [];
      const exchange = here.start('sim', 'serve', '--port', '0', '--json', '--speed', '2', ...flags);
      await exchange.record(({ type }) => type === 'trade');
      const [listening, ...events] = exchange.records;
      const origin = /^http:\/\/(127\.0\.0\.1:\d+)\/trade-api\/v2$/.exec(listening.rest)?.[1];
      expect(listening).toEqual({
        ...{ type: 'listening', schemaVersion: 1, rest: `http://${origin}/trade-api/v2` },
        ...{ ws: `ws://${origin}/trade-api/ws/v2`, keyId: expect.stringMatching(/^[0-9a-f-]{36}$/) },
        privateKeyFile: expect.stringContaining(here.home.keys),
        controlToken: expect.stringMatching(/^[\w-]{43}$/),
      });
      expect(statSync(listening.privateKeyFile).mode & 0o777).toBe(0o600);
      expect(readFileSync(listening.privateKeyFile, 'utf8')).toContain('PRIVATE KEY');
      for (const event of events) {
        expect(event).toMatchObject({ type: expect.any(String), schemaVersion: 1, at: expect.stringMatching(/Z$/) });
      }

      const keyed = ['--sim-url', listening.rest, '--key-id', listening.keyId, '--key-file', listening.privateKeyFile];
      // The second finds the first one's fills on the account.
      for (const _ of kind === 'rsa' ? ['first', 'second'] : ['first']) {
        const run = await here.json('run', '--for', '5s', '--seed', '3', ...keyed);
        expect(run.exit).toBe(0);
        expect(run.records.at(-1)).toMatchObject({ type: 'summary', restingAtEnd: 0, reconciled: true });
        const said = run.records.filter(({ type }) => type === 'log').map(({ text }) => text);
        expect(run.records.at(-1).orders.placed, said.join('\n')).toBeGreaterThan(0);
      }
      expect(exchange.records).toContainEqual(expect.objectContaining({ type: 'order', status: 'canceled' }));

      exchange.signal('SIGTERM');
      expect((await exchange.ended).exit).toBe(0);
      expect(isClean(here)).toBe(true);
    },
  );
});
