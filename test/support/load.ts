/** Promises about time are about an ordinary machine: one that is loaded several times over is not asked for them. */
import { availableParallelism, loadavg } from 'node:os';

export function isOverloaded(): boolean {
  return (loadavg()[0] ?? 0) > 3 * availableParallelism();
}
