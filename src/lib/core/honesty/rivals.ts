/**
 * Several forecasters of the same questions, held against each other: Brier score and log-loss of each, and what each is worse
 * or better than a baseline, with intervals in which a group (an event, a market) is one observation however often it was
 * asked about (math.md section 18).
 */
import { invariant } from '../invariant.ts';
import { ratioOf } from '../promotion/estimates.ts';
import { EVENTS_MIN } from '../promotion/gates.ts';
import { heldChance } from './held.ts';
import { studentReach } from './student.ts';

export interface Question {
  /** Questions of one group are one observation. */
  readonly group: string;
  readonly isTrue: boolean;
  /** The chance that each forecaster gave, in [0, 1]. */
  readonly said: Readonly<Record<string, number>>;
}

export interface Estimate {
  readonly mean: number;
  /** Null: of fewer than two groups. 95 %, by Student's t. */
  readonly error: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export interface RivalScore {
  readonly name: string;
  readonly questions: number;
  readonly groups: number;
  readonly brier: Estimate;
  /** Of the chance held inside the prices that trade (held.ts), of all forecasters alike. */
  readonly logLoss: Estimate;
  /** Less the baseline's: below zero is better. Null: it is the baseline. */
  readonly brierBeyond: Estimate | null;
  readonly logLossBeyond: Estimate | null;
  /** Below 30 groups nothing is concluded. */
  readonly isVerdict: boolean;
}

/** Every question is answered by every forecaster: leave out what one of them refused. Empty: nothing was asked. */
export function compareForecasts(
  questions: readonly Question[],
  names: readonly string[],
  baseline: string,
): readonly RivalScore[] {
  if (questions.length === 0) return [];
  const groups = new Set(questions.map(({ group }) => group)).size;
  return names.map((name): RivalScore => {
    const beyond = (loss: Loss) =>
      name === baseline
        ? null
        : meanOf(questions, (one) => loss(chanceOf(one, name), one.isTrue) - loss(chanceOf(one, baseline), one.isTrue));
    const own = (loss: Loss) => meanOf(questions, (one) => loss(chanceOf(one, name), one.isTrue));
    return {
      ...{ name, questions: questions.length, groups, isVerdict: groups >= EVENTS_MIN },
      ...{ brier: own(squareLoss), logLoss: own(logLoss) },
      ...{ brierBeyond: beyond(squareLoss), logLossBeyond: beyond(logLoss) },
    };
  });
}

type Loss = (probability: number, isTrue: boolean) => number;

function squareLoss(probability: number, isTrue: boolean): number {
  return (probability - (isTrue ? 1 : 0)) ** 2;
}

function logLoss(probability: number, isTrue: boolean): number {
  const held = heldChance(probability);
  return -Math.log(isTrue ? held : 1 - held);
}

function chanceOf({ said }: Question, name: string): number {
  const chance = said[name];
  invariant(chance !== undefined && chance >= 0 && chance <= 1, `${name} answers every question with a chance`);
  return chance;
}

function meanOf(questions: readonly Question[], of: (question: Question) => number): Estimate {
  const groups = new Map<string, { result: number; base: number }>();
  let sum = 0;
  for (const question of questions) {
    const value = of(question);
    sum += value;
    const group = groups.get(question.group) ?? { result: 0, base: 0 };
    groups.set(question.group, { result: group.result + value, base: group.base + 1 });
  }
  const mean = sum / questions.length;
  const estimate = ratioOf([...groups.values()]);
  if (estimate === undefined) return { mean, error: null, low: null, high: null };
  const half = studentReach(estimate.count - 1) * estimate.error;
  return { mean, error: estimate.error, low: mean - half, high: mean + half };
}
