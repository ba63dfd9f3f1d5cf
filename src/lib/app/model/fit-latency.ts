/** `kmm model fit latency`: how late things are, from a file of real orders, for `kmm backtest run --latency FILE`. */
import { quantilesOf } from '../../core/fill-model/latency.ts';
import { LATENCY_SCHEMA, type LatencyModel } from '../../core/fill-model/model.ts';
import { codeVersion } from '../code-version.ts';
import { KmmError } from '../errors/errors.ts';
import { fileDigest } from './file-digest.ts';
import { readTakerOrders } from './taker-orders.ts';

/** Fewer make no distribution. */
const ORDERS_MIN = 30;
/** The feed's delay less that of its quickest one in a hundred: what is common to all may be a clock that is off. */
const QUICKEST = 0.01;

const ASSUMPTION =
  'order and answer take half of the measured round trip each; of the feed only what it is slower than its quickest ' +
  'percent is known, for the clock of the source is off by an unknown constant';

/** Throws KMM_MODEL_DATA. */
export async function fitLatency(file: string, now: Date): Promise<LatencyModel> {
  const { times } = await readTakerOrders(file);
  const halves = times.map(({ submitMs }) => submitMs / 2);
  const delays = times.flatMap(({ feedAgeMs, bookAgeMs }) => (feedAgeMs === undefined ? [] : [feedAgeMs - bookAgeMs]));
  const quickest = delays.toSorted((a, b) => a - b)[Math.floor(delays.length * QUICKEST)] ?? 0;
  const [way, feed] = [quantilesOf(halves), quantilesOf(delays.map((delay) => delay - quickest))];
  if (way === undefined || feed === undefined || times.length < ORDERS_MIN) {
    throw new KmmError(
      'KMM_MODEL_DATA',
      `${file}: ${times.length} orders, of which a distribution needs ${ORDERS_MIN}`,
    );
  }
  return {
    schema: LATENCY_SCHEMA,
    ...{ fittedAt: now.toISOString(), code: codeVersion(), sources: [await fileDigest(file)], count: times.length },
    assumption: ASSUMPTION,
    ...{ feed: { ms: feed }, entry: { ms: way }, response: { ms: way } },
  };
}
