/** Frames in the shape of KXBTC15M's deltas, with as much that cannot be predicted as real ones have. */

export function makeFrames(count: number, from: number, markets: readonly string[]): Buffer[] {
  const draw = randomStream();
  let microsecond = 0;
  return Array.from({ length: count }, (_, index) => {
    microsecond += 1 + draw(30_000);
    const ms = from + Math.floor(microsecond / 1_000);
    const time = new Date(ms).toISOString().replace('Z', `${String(microsecond % 1_000).padStart(3, '0')}Z`);
    const size = `${draw(3) === 0 ? '-' : ''}${draw(2_000)}.${draw(4) === 0 ? String(draw(100)).padStart(2, '0') : '00'}`;
    const price = `0.${String(10 + draw(80))}00`;
    return Buffer.from(
      `{"type":"orderbook_delta","sid":2,"seq":${index + 2},"msg":{"market_ticker":"${markets[draw(markets.length)]}",` +
        `"market_id":"bdc2787d-31e4-4640-aefd-ea0c30484767","price_dollars":"${price}","delta_fp":"${size}",` +
        `"side":"${draw(2) === 0 ? 'yes' : 'no'}","ts":"${time}","ts_ms":${ms}}}`,
    );
  });
}

/** The same numbers in every run: a linear congruential generator is random enough for a compressor. */
function randomStream(): (below: number) => number {
  let state = 1;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
