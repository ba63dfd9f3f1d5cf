/**
 * The page that Prometheus reads, served by the supervisor: it outlives every trader, so that a trader's death is a number
 * and not an empty page. What a trader told is shown while it is fresh and its trader lives; after that only what the
 * supervisor knows itself, with kmm_up 0. A port that is taken costs the page and a warning, never the run.
 */
import { type MetricsServer, serveMetrics } from '../../adapters/metrics/metrics-server.ts';
import { codeVersion } from '../code-version.ts';
import type { Configuration, MetricsSettings } from '../config/config.ts';
import { expositionOf } from '../metrics/exposition.ts';

/** A trader tells its numbers every two seconds. */
const FRESH_MS = 10_000;

export interface HouseMetricsOptions {
  readonly env: string;
  readonly settings: MetricsSettings;
  /** Monotonic, ms. */
  readonly nowMs: () => number;
  /** Unix ms. */
  readonly wallNow: () => number;
  readonly warn: (text: string) => void;
}

export class HouseMetrics {
  readonly #options: HouseMetricsOptions;
  readonly #version = codeVersion();
  #server: MetricsServer | undefined;
  #told: { readonly text: string; readonly at: number } | undefined;
  #turn: number | undefined;
  #turnedAt: number | undefined;
  #restarts = 0;

  constructor(options: HouseMetricsOptions) {
    this.#options = options;
  }

  /** `onUrl` hears its address; not called where none is wanted, or none can be had. Rejects with what `onUrl` throws. */
  async serve(onUrl: (url: string) => void): Promise<void> {
    const { isServed, port } = this.#options.settings;
    if (isServed) this.#server = await this.#listening(port);
    if (this.#server !== undefined) onUrl(this.#server.url);
  }

  async #listening(port: number): Promise<MetricsServer | undefined> {
    try {
      return await serveMetrics({ port, text: () => this.text() });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#options.warn(`no metrics are served: port ${port} cannot be had (${why}); metrics.port names another`);
      return undefined;
    }
  }

  /** The trader's own numbers, as text. */
  told(text: string): void {
    this.#told = { text, at: this.#options.nowMs() };
  }

  /** Its turns; a new one is life. */
  progressed(turn: number): void {
    if (turn === this.#turn) return;
    this.#turn = turn;
    this.#turnedAt = this.#options.wallNow();
  }

  traderGone(): void {
    this.#told = undefined;
    this.#turn = undefined;
  }

  restarted(): void {
    this.#restarts += 1;
  }

  text(): string {
    const told = this.#told;
    const isFresh = told !== undefined && this.#options.nowMs() - told.at <= FRESH_MS;
    const labels = { version: this.#version, env: this.#options.env };
    const own = expositionOf([
      { name: 'kmm_up', value: Number(isFresh) },
      { name: 'kmm_build_info', labels, value: 1 },
      { name: 'kmm_restarts_total', value: this.#restarts },
      { name: 'kmm_heartbeat_timestamp_seconds', value: (this.#turnedAt ?? Number.NaN) / 1_000 },
    ]);
    return isFresh ? own + told.text : own;
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }
}

/** Of a run on this machine's clocks. */
export function houseMetrics({ env, metrics }: Configuration, warn: (text: string) => void): HouseMetrics {
  return new HouseMetrics({ env, settings: metrics, nowMs: () => performance.now(), wallNow: Date.now, warn });
}
