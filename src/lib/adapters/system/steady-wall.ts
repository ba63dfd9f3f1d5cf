/**
 * Wall time that nobody sets: as the machine had it when we began, and on from there by the monotonic clock. What is stamped
 * and measured with it does not jump when somebody corrects the machine's clock (reliability.md F21); how far it is from the
 * exchange's is measured all the same.
 *
 * A suspended machine is not a corrected one: the monotonic clock stood still, and the time that passed is added.
 */
import { uptime } from 'node:os';

/** The wall and the monotonic clock come apart by more than this only when one of the two was set or stood still. */
const APART_MS = 1_000;

export interface Clocks {
  readonly wall: () => number;
  readonly monotonic: () => number;
  /** Goes on while the machine is suspended, but is coarse. All in ms. */
  readonly uptime: () => number;
}

const OF_THE_MACHINE: Clocks = {
  wall: () => Date.now(),
  monotonic: () => performance.now(),
  uptime: () => uptime() * 1_000,
};

export function steadyWall({ wall, monotonic, uptime: up }: Clocks = OF_THE_MACHINE): () => number {
  const originMs = wall() - monotonic();
  const awakeFrom = up() - monotonic();
  let suspendedMs = 0;
  let apartMs = 0;
  return () => {
    const awake = originMs + monotonic();
    if (Math.abs(wall() - awake - suspendedMs - apartMs) > APART_MS) {
      const slept = up() - monotonic() - awakeFrom;
      if (slept - suspendedMs > APART_MS) suspendedMs = slept;
      apartMs = wall() - awake - suspendedMs;
    }
    return awake + suspendedMs;
  };
}
