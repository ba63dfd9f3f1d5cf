import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/lib/core/engine.ts';
import type { EngineEvent } from '../../src/lib/core/events.ts';
import type { Intent } from '../../src/lib/core/intents.ts';
import { anyStory, World } from '../support/engine-world.ts';

function replayed({ teller }: World, through: (event: EngineEvent) => EngineEvent): readonly Intent[] {
  const config = teller.engine.config;
  const engine = new Engine(JSON.parse(JSON.stringify(config)) as typeof config);
  return teller.told.flatMap((event) => engine.apply(through(event)));
}

const asText = (event: EngineEvent) => JSON.parse(JSON.stringify(event)) as EngineEvent;

describe('the engine told the same again', () => {
  it('asks for the same, byte for byte, also when every event has been text in between', () => {
    fc.assert(
      fc.property(anyStory(), (steps) => {
        const world = new World({ isPrompt: false });
        for (const [step, hasTurn] of steps) {
          world.take(step);
          if (hasTurn || step.do === 'wait') world.turn();
        }
        world.heal();
        const { asked } = world.teller;
        expect(JSON.stringify(replayed(world, (event) => event))).toBe(JSON.stringify(asked));
        expect(JSON.stringify(replayed(world, asText))).toBe(JSON.stringify(asked));
        expect(asked.map(({ counter }) => counter).sort((a, b) => a - b)).toEqual(asked.map((_, n) => n + 1));
      }),
      { numRuns: 100 },
    );
  });

  it('changes nothing of what it was told', () => {
    const world = new World({ isPrompt: false });
    const before = JSON.stringify(world.teller.told);
    const events = world.teller.told.slice();
    for (let n = 0; n < 5; n += 1) world.turn();
    expect(JSON.stringify(events)).toBe(before);
  });
});
