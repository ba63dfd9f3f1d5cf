/**
 * Walk-forward: settings are chosen on what came before and judged on what came after, so that what is reported was never
 * seen by whoever chose. An event that had not ended when the test begins is left out of the training.
 */
import { type Moments, momentsOf } from './moments.ts';
import { type Objective, type PointNets, rank } from './rank.ts';

/** When one event was traded and when it was over, epoch ms. */
export interface EventSpan {
  readonly event: string;
  readonly from: number;
  readonly to: number;
}

export interface WalkForward {
  /** Blocks of an equal number of events, or of equal length of time. */
  readonly by: 'event' | 'time';
  /** Tests; the first block of all is only trained on. */
  readonly folds: number;
  /** Trained on everything before the test, or on the block before it alone. */
  readonly train: 'all' | 'last';
}

export interface Fold {
  readonly train: readonly string[];
  readonly test: readonly string[];
  /** Left out of the training because they overlap the test. */
  readonly purged: readonly string[];
}

export interface FoldResult extends Fold {
  /** Undefined: too little to train on, so nothing was chosen and nothing is tested. */
  readonly chosen?: string;
  /** Net per event, microdollars, of the chosen point. */
  readonly trained?: Moments;
  readonly tested?: Moments;
}

export interface WalkForwardResult {
  readonly folds: readonly FoldResult[];
  /** Over the tests of all folds, each with what its own training chose. */
  readonly tested: Moments;
  /** The same over the trainings: what would be hoped for. */
  readonly trained: Moments;
}

/** A choice needs at least that many events. */
const TRAIN_EVENTS_MIN = 2;

/** Blocks in order of the events' ends. A block of time may be empty, and its fold is then left out. */
export function foldsOf(spans: readonly EventSpan[], { by, folds, train }: WalkForward): readonly Fold[] {
  const sorted = [...spans].sort((a, b) => a.to - b.to || (a.event < b.event ? -1 : 1));
  const blocks = by === 'event' ? blocksByCount(sorted, folds + 1) : blocksByTime(sorted, folds + 1);
  return blocks.flatMap((test, index): Fold[] => {
    if (index === 0 || test.length === 0) return [];
    const before = train === 'all' ? blocks.slice(0, index).flat() : (blocks[index - 1] ?? []);
    const begin = Math.min(...test.map(({ from }) => from));
    const names = (list: readonly EventSpan[]) => list.map(({ event }) => event);
    return [
      {
        train: names(before.filter(({ to }) => to <= begin)),
        test: names(test),
        purged: names(before.filter(({ to }) => to > begin)),
      },
    ];
  });
}

/** All points must have all events. */
export function walkForward(
  points: readonly PointNets[],
  folds: readonly Fold[],
  objective: Objective,
): WalkForwardResult {
  const results = folds.map((fold): FoldResult => {
    if (fold.train.length < TRAIN_EVENTS_MIN) return fold;
    const best = rank(
      points.map((point) => only(point, fold.train)),
      objective,
    )[0];
    const chosen = points.find(({ point }) => point === best?.point);
    if (chosen === undefined) return fold;
    const momentsOn = (events: readonly string[]) => momentsOf(only(chosen, events).events.map(({ net }) => net));
    return { ...fold, chosen: chosen.point, trained: momentsOn(fold.train), tested: momentsOn(fold.test) };
  });
  const nets = (which: 'train' | 'test') =>
    results.flatMap((fold) => {
      const chosen = points.find(({ point }) => point === fold.chosen);
      return chosen === undefined ? [] : only(chosen, fold[which]).events.map(({ net }) => net);
    });
  return { folds: results, tested: momentsOf(nets('test')), trained: momentsOf(nets('train')) };
}

function only({ point, events }: PointNets, wanted: readonly string[]): PointNets {
  const names = new Set(wanted);
  return { point, events: events.filter(({ event }) => names.has(event)) };
}

function blocksByCount(spans: readonly EventSpan[], count: number): readonly (readonly EventSpan[])[] {
  const at = (index: number) => Math.round((index * spans.length) / count);
  return Array.from({ length: count }, (_, index) => spans.slice(at(index), at(index + 1)));
}

function blocksByTime(spans: readonly EventSpan[], count: number): readonly (readonly EventSpan[])[] {
  const first = spans[0]?.to ?? 0;
  const length = ((spans.at(-1)?.to ?? 0) - first) / count;
  const blockOf = ({ to }: EventSpan) => (length === 0 ? 0 : Math.min(count - 1, Math.floor((to - first) / length)));
  return Array.from({ length: count }, (_, index) => spans.filter((span) => blockOf(span) === index));
}
