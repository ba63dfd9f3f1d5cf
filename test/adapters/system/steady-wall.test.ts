import { describe, expect, it } from 'vitest';
import { steadyWall } from '../../../src/lib/adapters/system/steady-wall.ts';

const WALL = 1_790_000_000_000;

/** A machine that has been up for a day, with a process that begins now. */
function machine() {
  const at = { wall: WALL, monotonic: 500, uptime: 86_400_000 };
  const clocks = { wall: () => at.wall, monotonic: () => at.monotonic, uptime: () => Math.floor(at.uptime / 10) * 10 };
  const wall = steadyWall(clocks);
  return {
    wall,
    pass(ms: number) {
      at.wall += ms;
      at.monotonic += ms;
      at.uptime += ms;
    },
    set(ms: number) {
      at.wall += ms;
    },
    suspend(ms: number) {
      at.wall += ms;
      at.uptime += ms;
    },
  };
}

describe('steady wall time', () => {
  it('is the wall time while nobody sets it', () => {
    const { wall, pass } = machine();
    expect(wall()).toBe(WALL);
    pass(86_400_000);
    expect(wall()).toBe(WALL + 86_400_000);
  });

  it.each([120_000, -120_000, 3_600_000])('goes on from where it was when the clock is set by %i ms (F21)', (ms) => {
    const { wall, pass, set } = machine();
    pass(1_000);
    set(ms);
    expect(wall()).toBe(WALL + 1_000);
    pass(1_000);
    set(-ms);
    expect(wall()).toBe(WALL + 2_000);
  });

  it('has the time that the machine was suspended in it, also when the clock is set meanwhile (F34)', () => {
    const { wall, pass, suspend, set } = machine();
    suspend(60_000);
    expect(Math.abs(wall() - WALL - 60_000)).toBeLessThanOrEqual(10);
    pass(5_000);
    suspend(30_000);
    set(120_000);
    expect(Math.abs(wall() - WALL - 95_000)).toBeLessThanOrEqual(10);
  });
});
