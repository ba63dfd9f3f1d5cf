/**
 * How much a model may weigh beside the market's own price: the weight in log-odds (fair-value/blend.ts) that would have had
 * the least log-loss, shrunk towards the market. Each market counts once, however often it was asked about.
 *
 * The weight is where −Σ log-likelihood + w²/(2·τ²) is least on [0, 1]. Before any evidence the market is right and a weight
 * beyond τ = ¼ is unlikely; some dozens of markets that say otherwise move it, a handful does not.
 */
import { logistic, logit } from '../normal.ts';
import { heldChance } from './held.ts';

export interface BlendQuestion {
  readonly group: string;
  readonly isTrue: boolean;
  readonly market: number;
  readonly model: number;
}

export interface BlendWeight {
  /** In [0, 1]; 0 is the market alone. */
  readonly weight: number;
  /** What the questions alone would say, in [0, 1]: not to be used, shown beside it. */
  readonly unshrunk: number;
  /** One standard deviation of what is believed of the weight afterwards, from the curvature. */
  readonly error: number;
  readonly groups: number;
  readonly questions: number;
}

const PRIOR_SD = 0.25;
const STEPS_MAX = 60;

/** Of no questions the weight is 0. */
export function blendWeight(questions: readonly BlendQuestion[]): BlendWeight {
  const sizes = new Map<string, number>();
  for (const { group } of questions) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const terms = questions.map(({ group, isTrue, market, model }): Term => {
    const ofMarket = logit(heldChance(market));
    return { isTrue, ofMarket, gap: logit(heldChance(model)) - ofMarket, share: 1 / (sizes.get(group) ?? 1) };
  });
  const precision = 1 / PRIOR_SD ** 2;
  const weight = least(terms, precision);
  return {
    ...{ weight, unshrunk: terms.length === 0 ? 0 : least(terms, 0) },
    error: 1 / Math.sqrt(slopes(terms, weight, precision).curvature),
    ...{ groups: sizes.size, questions: questions.length },
  };
}

/** The pool itself, of two chances: log-odds averaged. */
export function pooled(market: number, model: number, weight: number): number {
  return logistic((1 - weight) * logit(heldChance(market)) + weight * logit(heldChance(model)));
}

interface Term {
  readonly isTrue: boolean;
  readonly ofMarket: number;
  readonly gap: number;
  /** Questions of one market share one vote. */
  readonly share: number;
}

/** The loss is convex in the weight: halve where its slope changes sign. */
function least(terms: readonly Term[], precision: number): number {
  let [low, high] = [0, 1];
  if (slopes(terms, low, precision).slope >= 0) return low;
  if (slopes(terms, high, precision).slope <= 0) return high;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const middle = (low + high) / 2;
    if (slopes(terms, middle, precision).slope < 0) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

function slopes(terms: readonly Term[], weight: number, precision: number) {
  let [slope, curvature] = [precision * weight, precision];
  for (const { isTrue, ofMarket, gap, share } of terms) {
    const said = logistic(ofMarket + weight * gap);
    slope += share * gap * (said - (isTrue ? 1 : 0));
    curvature += share * gap * gap * said * (1 - said);
  }
  return { slope, curvature };
}
