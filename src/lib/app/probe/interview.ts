/** Asks one question after the other, and keeps what was called and answered. A question that fails is unanswered, and the next one is asked. */
import type { WireReply, WireRequest } from '../../ports.ts';
import { KmmError } from '../errors/errors.ts';
import { evidenceOf } from './evidence.ts';
import type { Evidence, Facts, ProbeAnswer, QuestionId } from './probe-report.ts';

/** A text alone says why there is no answer. */
export type Finding = { readonly answer: string; readonly facts: Facts } | string;

export type KeepEvidence = (call: { readonly request: WireRequest; readonly reply: WireReply }) => void;

export class Interview {
  readonly answers: ProbeAnswer[] = [];
  readonly #stop: AbortSignal;
  readonly #onAnswer: (answer: ProbeAnswer) => void;

  constructor(stop: AbortSignal, onAnswer: (answer: ProbeAnswer) => void) {
    this.#stop = stop;
    this.#onAnswer = onAnswer;
  }

  /** Rejects only with what stops everything: a journal that cannot be written, a broken invariant. */
  async ask(id: QuestionId, question: string, find: (keep: KeepEvidence) => Promise<Finding>): Promise<void> {
    const evidence: Evidence[] = [];
    const finding = await this.#found(find, ({ request, reply }) => evidence.push(evidenceOf(request, reply)));
    const answer: ProbeAnswer =
      typeof finding === 'string'
        ? { id, question, isAnswered: false, reason: finding, evidence }
        : { id, question, isAnswered: true, ...finding, evidence };
    this.answers.push(answer);
    this.#onAnswer(answer);
  }

  async #found(find: (keep: KeepEvidence) => Promise<Finding>, keep: KeepEvidence): Promise<Finding> {
    if (this.#stop.aborted) return 'not asked: interrupted';
    try {
      return await find(keep);
    } catch (error) {
      if (error instanceof KmmError && error.code !== 'KMM_JOURNAL') return `not asked: ${error.what}`;
      throw error;
    }
  }
}
