/** A trader's numbers on their way to its supervisor: made every two seconds, beside the turns, and never waited for. */
import { processMetrics } from '../../adapters/metrics/process-metrics.ts';
import type { TraderView } from '../../core/view.ts';
import { expositionOf } from '../metrics/exposition.ts';
import type { Session } from '../session/session.ts';

const REPORT_MS = 2_000;

/** `shown`: the last view. `send` calls back when the text is out: one that is not taken is not followed by another. */
export async function reportMetrics(
  session: Pick<Session, 'metrics'>,
  shown: () => TraderView | undefined,
  send: (text: string, whenOut: () => void) => void,
): Promise<void> {
  const host = await processMetrics();
  let isUnderWay = false;
  const report = async () => {
    if (isUnderWay) return;
    isUnderWay = true;
    const lag = expositionOf([{ name: 'kmm_loop_lag_seconds', value: host.loopLagSeconds() }]);
    const text = session.metrics.text(shown()) + lag + (await host.text());
    send(text, () => {
      isUnderWay = false;
    });
  };
  setInterval(() => void report(), REPORT_MS).unref();
}
