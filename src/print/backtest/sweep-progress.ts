/** The bar of a sweep on stderr, with rate and time left; without a terminal nothing is drawn. */
import { Presets, SingleBar } from 'cli-progress';
import type { Progress } from '../../lib/app/sweep/execute.ts';
import { spanText } from './sweep-text.ts';

const FORMAT = '{bar} {value}/{total} jobs  {rate}/s  {left} left{failures}';

export interface SweepProgress {
  show(progress: Progress): void;
  /** Clears the line, so that what comes next begins at its start. */
  end(): void;
}

export function sweepProgress(stream: NodeJS.WriteStream, isAscii: boolean): SweepProgress {
  if (!stream.isTTY) return { show: () => {}, end: () => {} };
  const signs = isAscii ? { barCompleteChar: '#', barIncompleteChar: '.' } : {};
  const options = { format: FORMAT, stream, clearOnComplete: true, hideCursor: true, barsize: 24, gracefulExit: false };
  const bar = new SingleBar({ ...options, ...signs }, Presets.rect);
  let isStarted = false;
  return {
    show({ done, total, failed, perSecond, remainingMs }) {
      const rate = perSecond >= 10 ? perSecond.toFixed(0) : perSecond.toFixed(1);
      const failures = failed > 0 ? `  ${failed} failed` : '';
      const words = { rate, left: remainingMs === undefined ? '?' : spanText(remainingMs), failures };
      if (isStarted) bar.update(done, words);
      else bar.start(total, done, words);
      isStarted = true;
    },
    end() {
      if (isStarted) bar.stop();
      isStarted = false;
    },
  };
}
