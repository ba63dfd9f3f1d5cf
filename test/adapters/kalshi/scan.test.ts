import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeltaScan, NO_TIME, scanDelta } from '../../../src/lib/adapters/kalshi/scan.ts';
import { translateFrame } from '../../../src/lib/adapters/kalshi/translate.ts';
import { FEED_AT } from '../../support/feed.ts';

/** As recorded on KXBTC15M, 2026-05-11. */
const SORTED =
  '{"type":"orderbook_delta","sid":2,"seq":2,"msg":{"delta_fp":"4.00","market_id":"bdc2787d-31e4-4640-aefd-ea0c30484767",' +
  '"market_ticker":"KXBTC15M-26MAY110145-45","price_dollars":"0.1100","side":"yes","ts":"2026-05-11T05:37:43.762565Z","ts_ms":1778477863762}}';
/** In the order of the wire, with what live frames may carry since. */
const FULL =
  '{"type":"orderbook_delta","sid":1,"seq":2146643,"msg":{"market_ticker":"KXGOLD15M-26AUG050000-00",' +
  '"market_id":"4f5c2e39-5132-4147-ba3f-b3485ad89427","price_dollars":"0.3200","delta_fp":"-46.02","side":"no",' +
  '"client_order_id":"kmm-1-7-cara-12","subaccount":0,"ts":"2026-08-05T03:45:40.722003Z","ts_ms":1785901540722},"sending_ts_ms":1785901540730}';

function scanned(text: string, into = new DeltaScan()): DeltaScan | undefined {
  return scanDelta(Buffer.from(text), into) ? into : undefined;
}

describe('the scanner', () => {
  it('reads a recorded frame', () => {
    expect(scanned(SORTED)).toMatchObject({
      sid: 2,
      seq: 2,
      ticker: 'KXBTC15M-26MAY110145-45',
      isNo: false,
      price: 1_100,
      delta: 400,
      tsMs: 1_778_477_863_762,
      sendingTsMs: NO_TIME,
      clientOrderId: undefined,
    });
  });

  it('reads every member that is known', () => {
    expect(scanned(FULL)).toMatchObject({
      sid: 1,
      seq: 2_146_643,
      isNo: true,
      price: 3_200,
      delta: -4_602,
      tsMs: 1_785_901_540_722,
      sendingTsMs: 1_785_901_540_730,
      clientOrderId: 'kmm-1-7-cara-12',
    });
  });

  it('takes a line end behind the frame, and nothing else', () => {
    expect(scanned(`${SORTED}\r\n`)).toBeDefined();
    expect(scanned(`${SORTED}x`)).toBeUndefined();
    expect(scanned(`${SORTED}${SORTED}`)).toBeUndefined();
  });

  it('refuses every beginning of a frame, also right after the whole one', () => {
    const scan = new DeltaScan();
    for (let length = 0; length < FULL.length; length += 1) {
      expect(scanned(FULL, scan)).toBeDefined();
      expect(scanned(FULL.slice(0, length), scan)).toBeUndefined();
    }
  });

  it('forgets what the frame before had and this one has not', () => {
    const scan = new DeltaScan();
    scanned(FULL, scan);
    expect(scanned(SORTED, scan)).toMatchObject({ sendingTsMs: NO_TIME, clientOrderId: undefined, delta: 400 });
  });

  it.each([
    ['another type', SORTED.replace('orderbook_delta', 'orderbook_delts')],
    ['a member twice', SORTED.replace('"sid":2', '"sid":2,"sid":3')],
    ['an unknown member', SORTED.replace('"sid":2', '"sid":2,"new":3')],
    ['a missing member', SORTED.replace('"side":"yes",', '')],
    ['white space', SORTED.replace('"sid":2', '"sid": 2')],
    ['an escape in a text', SORTED.replace('bdc2787d', 'bdc\\u0032787d')],
    ['a control byte in a text', SORTED.replace('bdc2787d', 'bdc\u00012787d')],
    ['a letter beyond ASCII', SORTED.replace('bdc2787d', 'bdcé787d')],
    ['a ticker that is no name', SORTED.replace('KXBTC15M', 'KX BTC15M')],
    ['a ticker of nothing', SORTED.replace('KXBTC15M-26MAY110145-45', '')],
    ['a number for a price', SORTED.replace('"0.1100"', '0.1100')],
    ['a price above one dollar', SORTED.replace('"0.1100"', '"1.0001"')],
    ['a price of five decimals', SORTED.replace('"0.1100"', '"0.11001"')],
    ['a size of three decimals', SORTED.replace('"4.00"', '"4.001"')],
    ['a size without digits', SORTED.replace('"4.00"', '"-.00"')],
    ['a size too large to be exact', SORTED.replace('"4.00"', '"12345678901234.00"')],
    ['a padded number', SORTED.replace('"seq":2', '"seq":02')],
    ['a negative number', SORTED.replace('"seq":2', '"seq":-2')],
    ['a fraction', SORTED.replace('"seq":2', '"seq":2.5')],
    ['a number of sixteen digits', SORTED.replace('"seq":2', '"seq":1234567890123456')],
    ['a third side', SORTED.replace('"yes"', '"yep"')],
    ['a frame that is very long', SORTED.replace('bdc2787d', 'b'.repeat(1_000))],
  ])('leaves %s to the schema', (_, text) => {
    expect(scanned(text)).toBeUndefined();
  });

  it('gives every ticker one text, however many there are', () => {
    const scan = new DeltaScan();
    for (let index = 0; index < 40_000; index += 1) {
      const ticker = `KXBTC-${index % 20_000}`;
      expect(scanned(SORTED.replace('KXBTC15M-26MAY110145-45', ticker), scan)?.ticker).toBe(ticker);
    }
  });
});

const CONTEXT = { conn: 1, at: FEED_AT, yesPrice: false };

/** A leading space is nothing to JSON, and makes the scanner refuse: this is what the schema alone says. */
function bySchema(frame: Buffer) {
  return translateFrame(Buffer.concat([Buffer.from(' '), frame]), CONTEXT);
}

function shuffledObject(
  members: Record<string, fc.Arbitrary<string>>,
  optional: readonly string[],
): fc.Arbitrary<string> {
  const names = Object.keys(members);
  const chosen = fc.tuple(
    fc.shuffledSubarray(names, { minLength: names.length, maxLength: names.length }),
    fc.subarray([...optional]),
    fc.record(members),
  );
  return chosen.map(([order, absent, values]) => {
    const present = order.filter((name) => !absent.includes(name));
    return `{${present.map((name) => `"${name}":${values[name]}`).join(',')}}`;
  });
}

const digits = (count: number) => fc.stringMatching(new RegExp(`^[0-9]{1,${count}}$`));
const whole = fc.oneof({ weight: 8, arbitrary: fc.nat().map(String) }, { weight: 1, arbitrary: digits(17) });
const stamp = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 2e12 }).map(String) },
  { weight: 1, arbitrary: whole },
);
const price = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 9_999 }).map((cents) => `"0.${String(cents).padStart(4, '0')}"`) },
  { weight: 1, arbitrary: digits(5).map((decimals) => `"0.${decimals}"`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('"1.0000"', '"1.0"', '"1"', '"00.5"', '"-0.1"', '".5"', '0.5', 'null', '"0.5 "'),
  },
);
const size = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(fc.constantFrom('', '-'), digits(6), digits(2)).map(([sign, a, b]) => `"${sign}${a}.${b}"`),
  },
  { weight: 1, arbitrary: fc.tuple(digits(17), digits(3)).map(([a, b]) => `"${a}.${b}"`) },
  { weight: 1, arbitrary: fc.constantFrom('"-0.00"', '"0.00"', '"5"', '"+5.00"', '5.00', '"1e3"', '""') },
);
const text = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('"KXBTC15M-26MAY110145-45"', '"KX.A"', '"kmm-1-2"') },
  { weight: 1, arbitrary: fc.string().map((value) => JSON.stringify(value)) },
);
const message = shuffledObject(
  {
    market_ticker: text,
    market_id: text,
    price_dollars: price,
    delta_fp: size,
    side: fc.constantFrom('"yes"', '"no"', '"yes"', '"no"', '"bid"'),
    ts: text,
    ts_ms: stamp,
    client_order_id: text,
    subaccount: whole,
  },
  ['market_id', 'ts', 'ts_ms', 'client_order_id', 'subaccount'],
);
const frame = shuffledObject(
  {
    type: fc.constantFrom('"orderbook_delta"', '"orderbook_delta"', '"orderbook_delta"', '"trade"'),
    sid: whole,
    seq: whole,
    msg: message,
    sending_ts_ms: stamp,
  },
  ['sending_ts_ms'],
).map((json) => Buffer.from(json));

describe('the scanner and the schema', () => {
  it('say the same of any delta, with its members in any order', () => {
    let taken = 0;
    fc.assert(
      fc.property(frame, (bytes) => {
        if (scanDelta(bytes, new DeltaScan())) taken += 1;
        expect(translateFrame(bytes, CONTEXT)).toEqual(bySchema(bytes));
      }),
      { numRuns: 1_500 },
    );
    expect(taken).toBeGreaterThan(150);
  });

  it('say the same of frames with bytes changed, lost, doubled or cut off', () => {
    const damage = fc.array(
      fc.tuple(fc.constantFrom('change', 'drop', 'double', 'cut'), fc.nat(400), fc.integer({ min: 0, max: 255 })),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(fc.constantFrom(SORTED, FULL), damage, (whole, list) => {
        let bytes = Buffer.from(whole);
        for (const [kind, draw, byte] of list) {
          const at = draw % bytes.length;
          const [before, after] = [bytes.subarray(0, at), bytes.subarray(at + 1)];
          if (kind === 'change') bytes = Buffer.concat([before, Buffer.from([byte]), after]);
          else if (kind === 'drop') bytes = Buffer.concat([before, after]);
          else if (kind === 'double') bytes = Buffer.concat([before, bytes.subarray(at, at + 1), bytes.subarray(at)]);
          else if (at > 0) bytes = Buffer.from(before);
        }
        expect(translateFrame(bytes, CONTEXT)).toEqual(bySchema(bytes));
      }),
      { numRuns: 4_000 },
    );
  });
});
