/**
 * `kmm model fit fills`: recordings of one series in, a fill model out. What the data does not say is not guessed: it is null
 * in the model, and the model says why.
 */
import type { PrintSource } from '../../core/backtest/job.ts';
import { type Learned, learn, trainCount } from '../../core/fill-model/fit.ts';
import { CANCELS_MIN, fitCancelAhead, withOwnQueue } from '../../core/fill-model/fit-share.ts';
import { walkMarket } from '../../core/fill-model/market-walk.ts';
import { FILL_MODEL_SCHEMA, type FillModel, type FittedMarket } from '../../core/fill-model/model.ts';
import { weighOwnPlaces } from '../../core/fill-model/own-queue.ts';
import type { CancelTally, MarketStudy } from '../../core/fill-model/study.ts';
import { fitTaker } from '../../core/fill-model/taker.ts';
import { loadBacktest } from '../backtest/load.ts';
import { codeVersion } from '../code-version.ts';
import { KmmError } from '../errors/errors.ts';
import { fileDigest } from './file-digest.ts';
import { flowsOf, type MarketFlow } from './market-flows.ts';
import { readTakerOrders } from './taker-orders.ts';
import { readToldPlaces } from './told-places.ts';

export interface FitFillsRequest {
  readonly files: readonly string[];
  readonly outcomes?: string;
  /** Real immediate-or-cancel orders; of the same series. */
  readonly orders?: string;
  /** Beginnings of tickers; empty: all. */
  readonly markets: readonly string[];
  readonly prints: PrintSource;
  readonly now: Date;
  readonly onProgress?: (text: string) => void;
}

export interface FittedFills {
  readonly model: FillModel;
  /** What the readers had to say of the recordings. */
  readonly notes: readonly string[];
}

/** Where nothing is known yet. */
const MIDDLE = 0.5;
/** A book that had two sides for less says nothing of a market. */
const SECONDS_MIN = 30;

/** Throws KMM_MODEL_DATA, KMM_RECORDING_BAD, KMM_TAPE_*, KMM_OUTCOMES_BAD. */
export async function fitFills(request: FitFillsRequest): Promise<FittedFills> {
  const { files, outcomes, orders, markets, prints, now, onProgress = () => {} } = request;
  const data = await loadBacktest({
    ...{ files, references: [], markets, prints },
    ...(outcomes !== undefined && { outcomes }),
  });
  const flows = flowsOf(data);
  const series = oneSeries(flows);
  onProgress(`${flows.length} markets of ${series}`);
  const first = flows.map((flow) => ({ flow, study: walked(flow, MIDDLE) }));
  const seen = first.filter(({ study }) => study.bookMs >= SECONDS_MIN * 1_000);
  if (seen.length === 0) {
    throw new KmmError('KMM_MODEL_DATA', `no market of ${series} has a book with two sides for ${SECONDS_MIN} s`);
  }
  const cut = trainCount(seen.length);
  const trained = fitCancelAhead(seen.slice(0, cut).map(({ study }) => study));
  onProgress(`the error is measured on the last ${seen.length - cut}, fitted on the ${cut} before them`);
  const studies = seen.map(({ flow }) => walked(flow, trained.overall.share));
  const own = ownTallies(files, flows);
  const fitted = fitCancelAhead(studies, studies.slice(cut));
  const learned = learn(studies, withOwnQueue(fitted, own));
  if (isNothing(learned)) {
    const whys = learned.notLearned.map(({ what, why }) => `${what}: ${why}`).join('; ');
    throw new KmmError('KMM_MODEL_DATA', `too little of ${series} to learn anything from (${whys})`);
  }
  const taker = orders === undefined ? undefined : await takerOf(orders, series);
  const notLearned = [
    ...learned.notLearned,
    ...(learned.cancelAhead.source === 'own_queue' ? [] : [{ what: 'own queue', why: whyNotOwn(own) }]),
    ...(orders === undefined ? [{ what: 'taker', why: 'no file of taker orders was named (--orders)' }] : []),
    ...(orders !== undefined && taker === undefined
      ? [{ what: 'taker', why: 'too few of the orders were marketable by what was seen' }]
      : []),
  ];
  const sources = data.files.map(({ path, sha256, records }) => ({ file: path, sha256, records }));
  const model: FillModel = {
    schema: FILL_MODEL_SCHEMA,
    ...{ series: [series], fittedAt: now.toISOString(), code: codeVersion() },
    sources:
      orders === undefined ? sources : [...sources, { ...(await fileDigest(orders)), records: taker?.orders ?? 0 }],
    assumptions: data.assumptions,
    markets: seen.map(({ flow }, n) => fittedMarket(flow, studies[n] as MarketStudy, n < cut)),
    ...learned,
    taker: taker ?? null,
    notLearned,
  };
  return { model, notes: data.notes.filter((note) => !note.includes('has no recorded result')) };
}

/** A file of such a model would look like one that knows something. */
function isNothing({ cancelAhead, fills, adverse, intensity }: Learned): boolean {
  return cancelAhead.source === 'band' && fills === null && adverse === null && intensity === null;
}

function whyNotOwn(own: readonly (readonly CancelTally[])[]): string {
  if (own.length === 0) return 'no recording is the tape of a session whose orders kept a place between two answers';
  const answers = own.flat().reduce((total, { cancels }) => total + cancels, 0);
  return `a share needs ${CANCELS_MIN} answers after cancels at our price, and ${answers} were seen`;
}

async function takerOf(file: string, series: string) {
  const { orders, leftOut } = await readTakerOrders(file);
  const strangers = orders.filter(({ market }) => seriesOf(market) !== series).length;
  if (strangers > 0) {
    throw new KmmError('KMM_MODEL_DATA', `${file}: ${strangers} orders are of another series than ${series}`);
  }
  return fitTaker(orders, leftOut);
}

/** By market; those alone of which the exchange said something. */
function ownTallies(files: readonly string[], flows: readonly MarketFlow[]): readonly (readonly CancelTally[])[] {
  const told = readToldPlaces(files);
  return flows
    .map(({ market: { market }, ops, isCloseKnown }) =>
      weighOwnPlaces(ops, told.get(market.ticker) ?? [], isCloseKnown ? market.closeAt : undefined),
    )
    .filter((tallies) => tallies.length > 0);
}

export function walked({ market, ops, isCloseKnown }: MarketFlow, share: number): MarketStudy {
  const { ticker, grid, closeAt } = market.market;
  const shares = { pessimistic: 0, calibrated: share, optimistic: 1 };
  return walkMarket(ops, { ticker, grid, shares, ...(isCloseKnown && { closeAt }) });
}

function fittedMarket({ market, isCloseKnown }: MarketFlow, study: MarketStudy, isTrain: boolean): FittedMarket {
  return {
    ticker: study.ticker,
    from: new Date(study.from).toISOString(),
    to: new Date(study.to).toISOString(),
    seconds: Math.round(study.bookMs / 1_000),
    prints: study.prints.count,
    printsAre: market.printsAre,
    isCloseKnown,
    use: isTrain ? 'train' : 'test',
  };
}

function seriesOf(ticker: string): string {
  return ticker.split('-', 1)[0] as string;
}

/** Series differ in their grid, their takers and their clock: one model of two would be of neither. */
export function oneSeries(flows: readonly MarketFlow[]): string {
  const series = [...new Set(flows.map(({ market }) => seriesOf(market.market.ticker)))];
  const [only] = series;
  if (only === undefined) throw new KmmError('KMM_MODEL_DATA', 'these files hold no market');
  if (series.length === 1) return only;
  throw new KmmError('KMM_MODEL_DATA', `these files hold ${series.join(' and ')}: fit one at a time`, {
    next: series.map((one) => `--market ${one}`),
  });
}
