/** What a probe does and finds, as lines for people. */
import { clockText, type Glyphs } from '../../format.ts';
import type { ChannelCheck, ProbeAnswer } from '../../lib/app/probe/probe-report.ts';
import type { EpochMs } from '../../lib/core/units.ts';

/** One line per step: where it was seen, and how long that took. */
export function checkLines(checks: readonly ChannelCheck[], signs: Glyphs): readonly string[] {
  const steps = [...new Set(checks.map(({ step }) => step))];
  return steps.map((step) => {
    const of = checks.filter((check) => check.step === step);
    const sign = of.every(({ isConfirmed }) => isConfirmed) ? signs.tick : signs.cross;
    const seen = of.map(({ channel, isConfirmed, ms }) => `${channel} ${isConfirmed ? `${ms} ms` : 'NOT SEEN'}`);
    return `${sign} ${step.padEnd(WIDTH)} ${seen.join(', ')}`;
  });
}

export function answerLines(answer: ProbeAnswer, signs: Glyphs): readonly string[] {
  const { id, question } = answer;
  const said = answer.isAnswered ? `${signs.tick} ${answer.answer}` : `${signs.dash} ${answer.reason}`;
  return [`${id.padEnd(3)} ${question}`, `    ${said}`];
}

const WIDTH = 'decreased'.length;

/** What may rest when nobody waits for the proof, and until when. */
export function leftLines(orders: readonly Left[]): string[] {
  if (orders.length === 0) return ['by the journal nothing of ours rests'];
  return orders.map(({ ticker, side, orderId, clientOrderId, expiresAt }) => {
    const until = expiresAt === undefined ? 'an unknown time' : clockText(expiresAt);
    return `  ${ticker} ${side} ${orderId ?? clientOrderId} may rest until ${until}`;
  });
}

interface Left {
  readonly ticker: string;
  readonly side: string;
  readonly clientOrderId: string;
  readonly orderId?: string;
  readonly expiresAt?: EpochMs;
}
