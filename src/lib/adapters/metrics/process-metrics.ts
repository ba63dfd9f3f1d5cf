/** What Node and the system know of this process, and how long its event loop makes others wait. */
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface ProcessMetrics {
  /** In the text format of Prometheus. Never rejects. */
  text(): Promise<string>;
  /** The longest wait since the last call, in seconds. */
  loopLagSeconds(): number;
}

/** The monitor looks this often; a loop that is free is that late by itself. */
const RESOLUTION_MS = 10;

/** The library is loaded here and nowhere else, when the first trader wants it. */
export async function processMetrics(): Promise<ProcessMetrics> {
  const { collectDefaultMetrics, Registry } = await import('prom-client');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: 100 });
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  return {
    text: () => registry.metrics().catch(() => ''),
    loopLagSeconds() {
      const longestMs = delay.count === 0 ? 0 : delay.max / 1e6;
      delay.reset();
      return Math.max(0, longestMs - RESOLUTION_MS) / 1_000;
    },
  };
}
