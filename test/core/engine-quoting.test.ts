import { describe, expect, it } from 'vitest';
import { story, quotingStory } from '../support/engine.ts';
describe('x', () => {
  it('y', () => {
    const s = story().book();
    console.log(s.turn(), s.reason('bid'));
    const q = quotingStory();
    console.log(q.resting(), q.moveTo(4500, 5700).lines(), q.reason('bid'), q.reason('ask'));
    console.log(q.wait(1000).moveTo(5500, 6700).lines(), q.reason('bid'), q.reason('ask'));
  });
});
