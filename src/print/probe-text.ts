/** What a probe does and finds, as lines for people. */
import type { Glyphs } from '../format.ts';
import type { ChannelCheck, ProbeAnswer } from '../lib/app/probe/probe-report.ts';

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
