/** What a result believes and does not know, in words: it stands beside every figure that is drawn from it. */
import type { BacktestJob, Latency, TimedCalibration } from '../../core/backtest/job.ts';
import type { CancelModel } from '../../core/book/queue.ts';
import { dateOfDay } from '../../core/eastern.ts';
import type { BacktestData } from './data.ts';

const DAY_MS = 86_400_000;

export function assumptionsOf(job: BacktestJob, data: BacktestData): readonly string[] {
  const { fill, latency, turnMs } = job;
  const inferred = data.markets.filter(({ printsAre }) => printsAre === 'inferred').length;
  const without = data.markets.filter(({ printsAre }) => printsAre === 'none').length;
  return [
    `fills (${fill.mode}): ${fillWords(fill)}`,
    ...(fill.source === undefined ? [] : [`fill model: ${fill.source}`]),
    'the recorded market does not react to our orders: what filled us stays in its book, and nobody follows our quotes',
    `latency: feed ${latencyWords(latency.feed)}, orders ${latencyWords(latency.order)}, answers ${latencyWords(latency.response)}`,
    `one decision per ${turnMs} ms with news in it`,
    'no order groups, no limits of the exchange on requests, no failures of connection or exchange',
    ...(inferred > 0 ? [`${inferred} markets without recorded prints: trades are inferred from volume and book`] : []),
    ...(without > 0 ? [`${without} markets without any prints: fills come from orders that cross ours alone`] : []),
    ...calibrationWords(job, data),
    ...data.assumptions,
  ];
}

function fillWords({ isFirstInLine, cancels }: BacktestJob['fill']): string {
  const through = 'a trade beyond our price fills us whole, an order that comes to rest against ours fills what it has';
  if (isFirstInLine) return `nobody stands before us: a trade at our price is ours first; ${through}, as a whole`;
  return `a trade at our price fills what is before us first; ${cancelWords(cancels)}; ${through}`;
}

function cancelWords(model: CancelModel): string {
  switch (model.kind) {
    case 'riskAverse':
      return 'cancels at our price were behind us as long as anything stood there';
    case 'power':
      return model.n === 1
        ? 'cancels at our price were before us in proportion to what stood there'
        : `cancels at our price were before us by the power ${model.n} of what stood there`;
    case 'log':
      return 'cancels at our price were before us by the logarithm of what stood there';
    case 'share':
      return `of cancels at our price ${Math.round(model.ahead * 1_000) / 10} % were before us`;
    default:
      return model satisfies never;
  }
}

/** No decision knows parameters that stand on what came after it; which were there at all depends on what is kept here. */
function calibrationWords({ calibrations = [] }: BacktestJob, data: BacktestData): readonly string[] {
  const told = data.calibrations ?? [];
  const nameOf = ({ index, product }: TimedCalibration) => `${index}, ${product}`;
  const fromTapes = [...new Set(told.map(nameOf))];
  const found = Map.groupBy(
    calibrations.filter((one) => one.says.kind === 'calibration' && !fromTapes.includes(nameOf(one))),
    nameOf,
  );
  return [
    ...fromTapes.map((name) => `parameters of ${name}: as the session that recorded this was told them`),
    ...[...found].map(
      ([name, some]) =>
        `parameters of ${name}: data up to ${some.map(({ from }) => dateOfDay(Math.floor(from / DAY_MS))).join(', ')}, each used from the end of its data on`,
    ),
  ];
}

function latencyWords(latency: Latency): string {
  return latency.kind === 'fixed' ? `${latency.ms} ms` : `drawn from ${latency.ms.length} measured ones`;
}
