/**
 * A small recording in the form of a real recorder's: one market of five minutes whose spread is wide and is crossed now
 * and then from either side, so that whoever quotes inside it trades both ways; then its empty closing snapshot; and the
 * beginning of the next market.
 */

export const RECORDED_TICKER = 'KXBTC15M-26MAY130905-05';
export const NEXT_TICKER = 'KXBTC15M-26MAY130920-20';
export const RECORDED_FROM = Date.UTC(2026, 4, 13, 13, 0, 0);
export const RECORDED_CLOSE = RECORDED_FROM + 5 * 60_000;

type Levels = readonly (readonly [string, string])[];

/** Lines of NDJSON, in order of time. */
export function composedRecording(): string[] {
  const lines: string[] = [];
  let seq = 0;
  let volume = 1_000;
  const note = (second: number, name: string, info: object) =>
    lines.push(JSON.stringify({ recv_ns: 0, conn: 0, note: name, info }).replace('"recv_ns":0', stamp(second)));
  const frame = (second: number, event: object) =>
    lines.push(JSON.stringify({ recv_ns: 0, conn: 1, event }).replace('"recv_ns":0', stamp(second)));
  const snapshot = (second: number, ticker: string, yes: Levels, no: Levels) => {
    const sides = { ...(yes.length > 0 && { yes_dollars_fp: yes }), ...(no.length > 0 && { no_dollars_fp: no }) };
    frame(second, { type: 'orderbook_snapshot', sid: 2, seq: ++seq, msg: { market_ticker: ticker, ...sides } });
  };
  const delta = (second: number, side: 'yes' | 'no', price: string, size: string) => {
    const msg = { market_ticker: RECORDED_TICKER, price_dollars: price, delta_fp: size, side, ts_ms: at(second) };
    frame(second, { type: 'orderbook_delta', sid: 2, seq: ++seq, msg });
  };
  const ticker = (second: number, price: string) => {
    volume += 40;
    const msg = { market_ticker: RECORDED_TICKER, price_dollars: price, volume_fp: `${volume}.00`, ts_ms: at(second) };
    frame(second, { type: 'ticker', sid: 1, msg: { ...TICKER_REST, ...msg } });
  };

  note(0, 'watch_market', { market_ticker: RECORDED_TICKER, close_time: iso(300), strike: 80_000.5 });
  frame(0.1, { type: 'subscribed', id: 1, msg: { channel: 'ticker', sid: 1 } });
  frame(0.1, { type: 'subscribed', id: 1, msg: { channel: 'orderbook_delta', sid: 2 } });
  snapshot(0.2, RECORDED_TICKER, [['0.4000', '500.00']], [['0.4000', '500.00']]);
  for (let second = 5; second < 290; second += 5) {
    // Somebody offers at 44 for a second, or bids 56.
    const side = second % 10 === 5 ? 'no' : 'yes';
    delta(second, side, '0.5600', '20.00');
    ticker(second + 0.5, side === 'no' ? '0.4400' : '0.5600');
    delta(second + 1, side, '0.5600', '-20.00');
  }
  delta(299, 'yes', '0.4000', '-500.00');
  delta(299, 'no', '0.4000', '-500.00');
  snapshot(301, RECORDED_TICKER, [], []);
  note(302, 'watch_market', { market_ticker: NEXT_TICKER, close_time: iso(1_200), strike: 80_100 });
  snapshot(302, NEXT_TICKER, [['0.4900', '100.00']], [['0.4900', '100.00']]);
  return lines;
}

export const COMPOSED_OUTCOMES = [
  'market_ticker,close_time_utc,floor_strike,settle_value,settle_source,result',
  `${RECORDED_TICKER},${iso(300)},80000.5,80020.11,next_market_strike,yes`,
  '',
].join('\n');

const TICKER_REST = {
  ...{ market_id: 'm', yes_bid_dollars: '0.4000', yes_ask_dollars: '0.6000', last_trade_size_fp: '40.00' },
  ...{ yes_bid_size_fp: '500.00', yes_ask_size_fp: '500.00', open_interest_fp: '10.00', ts: 0, time: '' },
  ...{ dollar_volume: 1, dollar_open_interest: 1 },
};

function at(second: number): number {
  return RECORDED_FROM + Math.round(second * 1_000);
}

function iso(second: number): string {
  return new Date(at(second)).toISOString();
}

/** Nanoseconds do not fit a number. */
function stamp(second: number): string {
  return `"recv_ns":${at(second)}000000`;
}
