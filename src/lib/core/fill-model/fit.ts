/** All of a fill model, from walks through recorded markets. What the data does not say is null, and why is said. */
import { PRINTS_MIN } from '../book/queue-odds.ts';
import { sum } from './clustered.ts';
import { FILLS_MIN, fitAdverse } from './fit-adverse.ts';
import { fitIntensity } from './fit-intensity.ts';
import { fitOdds } from './fit-odds.ts';
import { fitQuoteLife } from './fit-quote-life.ts';
import { CANCELS_MIN } from './fit-share.ts';
import type { CancelAhead, FillModel, NotLearned } from './model.ts';
import type { MarketStudy } from './study.ts';

export type Learned = Pick<FillModel, 'cancelAhead' | 'fills' | 'adverse' | 'intensity' | 'quoteLife' | 'notLearned'>;

/** Markets that come first are fitted on when the error is measured; the others are what it is measured on. */
const TRAIN_SHARE = 0.6;

/** How many of the markets, in order of time, are the earlier ones: at least one of each, where there are two. */
export function trainCount(markets: number): number {
  return markets < 2 ? markets : Math.min(markets - 1, Math.max(1, Math.round(markets * TRAIN_SHARE)));
}

/** `studies` in order of time, walked with the shares of `cancelAhead`. */
export function learn(studies: readonly MarketStudy[], cancelAhead: CancelAhead): Learned {
  const notLearned: NotLearned[] = [];
  const missing = (what: string, why: string): null => {
    notLearned.push({ what, why });
    return null;
  };
  if (cancelAhead.source === 'band') {
    const seen = cancelAhead.overall.cancels;
    missing(
      'cancelAhead',
      `fewer than ${CANCELS_MIN} cancels tell their place in the queue (${seen}): the band alone is known`,
    );
  }
  const prints = sum(studies.map((study) => study.prints.count));
  const fewPrints = `a rate needs ${PRINTS_MIN} prints, and ${prints} were seen`;
  const cut = trainCount(studies.length);
  const split = { train: studies.slice(0, cut), test: studies.slice(cut) };
  const fills =
    prints < PRINTS_MIN
      ? missing('fills', fewPrints)
      : (fitOdds(split) ?? missing('fills', 'no order that stood in the books would have been filled'));
  if (fills !== null && fills.error.score === null) {
    missing(
      'error',
      studies.length < 2 ? 'one market alone: nothing is left to test on' : 'the earlier markets do not say enough',
    );
  }
  const intensity =
    prints < PRINTS_MIN
      ? missing('intensity', fewPrints)
      : (fitIntensity(studies) ?? missing('intensity', `fewer than ${PRINTS_MIN} sweeps reach 1 c from the mid`));
  const adverse =
    fitAdverse(studies) ?? missing('adverse', `a bias needs ${FILLS_MIN} fills with a mid before and after them`);
  if (studies.length < 2) missing('intervals', 'one market alone: how markets differ is not known');
  return { cancelAhead, fills, adverse, intensity, quoteLife: fitQuoteLife(studies), notLearned };
}
