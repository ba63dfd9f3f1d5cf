/**
 * `--latency`: one number of ms for orders and answers together, or three for feed, orders and answers, or a file of measured
 * ones: `kmm-latency/1`, in which each way has its quantiles from 0 to 100 %. A run draws from those, by its seed.
 */
import { readFileSync } from 'node:fs';
import type { Latencies, Latency } from '../../core/backtest/job.ts';
import { KmmError } from '../errors/errors.ts';

/** Where nothing is said: a link from the same coast. */
export const USUAL_LATENCY = '15,30,15';

const SCHEMA = 'kmm-latency/1';

/** Throws KMM_USAGE. */
export function latenciesOf(text: string): Latencies {
  const parts = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (parts.every((ms) => Number.isSafeInteger(ms) && ms >= 0)) {
    const [first = 0, order, response] = parts;
    if (parts.length === 3) return waysOf(first, order as number, response as number);
    if (parts.length === 1) return waysOf(first, first, first);
  }
  if (/^[\d\s,.-]*$/.test(text)) throw bad(text, 'it is one number of whole ms, or three: feed,orders,answers');
  return measured(text);
}

function waysOf(feed: number, order: number, response: number): Latencies {
  const fixed = (ms: number): Latency => ({ kind: 'fixed', ms });
  return { feed: fixed(feed), order: fixed(order), response: fixed(response) };
}

function measured(path: string): Latencies {
  let file: Record<string, { readonly ms?: unknown } | undefined> & { readonly schema?: unknown };
  try {
    file = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw bad(path, `it is neither ms nor a file that can be read (${(error as Error).message})`);
  }
  if (file?.schema !== SCHEMA) throw bad(path, `its schema is not ${SCHEMA}`);
  const way = (name: string): Latency => {
    const ms = file[name]?.ms;
    const isTimes = Array.isArray(ms) && ms.length > 0 && ms.every((one) => Number.isFinite(one) && one >= 0);
    if (!isTimes) throw bad(path, `${name}.ms is no list of times`);
    return { kind: 'samples', ms: (ms as number[]).map(Math.round) };
  };
  return { feed: way('feed'), order: way('entry'), response: way('response') };
}

function bad(text: string, why: string): KmmError {
  return new KmmError('KMM_USAGE', `--latency ${text}: ${why}`);
}

/**
 * For a tape that is taken as it was received: what the feed takes is in it, so the exchange's book is that much further on
 * than what is heard, and an order has to wait for it. Samples are added the slow ones to the slow ones, which is the worst they
 * can come to. An answer is on its way as long as it was.
 */
export function asReceived({ feed, order, response }: Latencies): Latencies {
  return { feed: { kind: 'fixed', ms: 0 }, order: summed(feed, order), response };
}

function summed(a: Latency, b: Latency): Latency {
  if (a.kind === 'fixed' && b.kind === 'fixed') return { kind: 'fixed', ms: a.ms + b.ms };
  const [first, second] = [sorted(a), sorted(b)];
  const count = Math.max(first.length, second.length);
  const at = (list: readonly number[], index: number) => list[Math.floor((index * list.length) / count)] ?? 0;
  return {
    kind: 'samples',
    ms: Array.from({ length: count }, (_, index) => at(first, index) + at(second, index)),
  };
}

function sorted(latency: Latency): readonly number[] {
  return latency.kind === 'fixed' ? [latency.ms] : [...latency.ms].sort((a, b) => a - b);
}
