/**
 * A total and how far it may be off, one observation an event: fills of one event are one observation (math.md section 18).
 * Real numbers for people; the total itself is whatever exact sum they were taken from.
 */
import { EVENTS_MIN } from '../promotion/gates.ts';
import { studentReach } from './student.ts';

export interface ClusteredTotal {
  /** Observations: events. */
  readonly events: number;
  readonly total: number;
  readonly mean: number;
  /** Of the total, √(n/(n−1)·Σ(x − mean)²); undefined of fewer than two events. */
  readonly error?: number;
  /** 95 %, by Student's t. */
  readonly interval?: { readonly low: number; readonly high: number };
  /** Below 30 events nothing is concluded, whatever the interval says. */
  readonly isVerdict: boolean;
}

/** @param results one an event, those of events in which nothing came about included: zero is a result */
export function clusteredTotal(results: readonly number[]): ClusteredTotal {
  const events = results.length;
  const total = results.reduce((sum, one) => sum + one, 0);
  const mean = events === 0 ? 0 : total / events;
  const isVerdict = events >= EVENTS_MIN;
  if (events < 2) return { events, total, mean, isVerdict };
  const squares = results.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const error = Math.sqrt((events / (events - 1)) * squares);
  const half = studentReach(events - 1) * error;
  return { events, total, mean, error, interval: { low: total - half, high: total + half }, isVerdict };
}
