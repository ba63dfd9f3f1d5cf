/** What a session learned of how far its sources lie off an index, and what the next one takes over of it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keepOffset, keptOffset, type ProxyIndex } from '../../../src/lib/app/references/kept-offsets.ts';
import { OffsetMemory } from '../../../src/lib/app/references/offset-memory.ts';
import { Engine } from '../../../src/lib/core/engine.ts';
import type { EngineEvent } from '../../../src/lib/core/events.ts';
import type { Learned } from '../../../src/lib/core/fair-value/proxy-basis.ts';
import { ProxyWatch } from '../../../src/lib/core/reference/proxy-watch.ts';
import { type EpochMs, epochMs } from '../../../src/lib/core/units.ts';
import { parametersOf } from '../../support/engine.ts';
import { tempDir } from '../../support/temp-dir.ts';

const NOW = epochMs(Date.parse('2026-11-20T15:20:00Z'));
const MINUTE_MS = 60_000;
const SPOT: ProxyIndex = { index: 'BRTI', sources: ['coinbase', 'kraken'] };

/** Four strikes, the newest so many minutes ago. */
function learned(minutes: number, differences: readonly number[] = [8.25, 9.5, 9.1, 10.125]): Learned {
  const newest = differences.map((difference, index) => ({
    difference,
    at: NOW - (minutes + (3 - index) * 15) * MINUTE_MS,
  }));
  return { newest, squares: 3.017_123_456_789, seen: 9 };
}

function kept(of: Learned): string {
  const directory = join(tempDir(), 'reference');
  keepOffset(directory, SPOT, of);
  return directory;
}

describe('an offset that was learned', () => {
  it('is taken over to the last digit, and said with its age', () => {
    const of = learned(20);
    expect(keptOffset(kept(of), SPOT, NOW)).toEqual({
      kind: 'learned',
      learned: of,
      text: 'BRTI lies +9.24 $ off coinbase, kraken: kept from an earlier run, its newest strike 0.3 h ago',
    });
  });

  it('is refused with its reason when it is too old, of other sources, still to come, or damaged', () => {
    const refusal = (directory: string, of = SPOT) => keptOffset(directory, of, NOW);
    const because = (why: string) => ({
      kind: 'refused',
      text: `how far BRTI lies off its sources is learned anew: ${why}`,
    });
    expect(refusal(kept(learned(359))).kind).toBe('learned');
    expect(refusal(kept(learned(361)))).toEqual(because('its newest strike was 6.0 h ago'));
    expect(refusal(kept(learned(-2)))).toEqual(because('its newest strike is still to come'));
    expect(refusal(kept(learned(20)), { index: 'BRTI', sources: ['kraken'] })).toEqual(
      because('it is of coinbase, kraken, and kraken is heard'),
    );
    for (const damage of [
      (text: string) => text.slice(0, 40),
      (text: string) => text.replace('"seen":9', '"seen":"9"'),
      (text: string) => text.replace('kmm-offset/1', 'kmm-offset/2'),
      (text: string) => text.replace('BRTI', 'ETHUSD_RTI'),
      () => '<!doctype html>',
    ]) {
      const directory = kept(learned(20));
      const path = join(directory, 'BRTI.offset.json');
      writeFileSync(path, damage(readFileSync(path, 'utf8')));
      expect(refusal(directory)).toEqual(because(`${path} is damaged`));
    }
    expect(refusal(tempDir())).toEqual({ kind: 'none' });
  });

  it('goes on as if it had never been interrupted, and moves nothing that lies elsewhere', () => {
    const of = learned(20);
    const [before, after] = [new ProxyWatch(), new ProxyWatch()];
    after.restore('BRTI', of);
    expect(after.of('BRTI')).toBeUndefined();
    for (const watch of [before, after]) watch.heard('BRTI', 85_000, NOW);
    expect(after.of('BRTI')?.learned).toEqual(of);
    expect(after.of('BRTI')?.seenLately(NOW)).toBe(4);
    before.restore('BRTI', of);
    const next = { index: 'BRTI', endsAt: epochMs(NOW + 10 * MINUTE_MS), value: 85_012 };
    for (const watch of [before, after]) {
      for (let at: number = NOW; at <= next.endsAt + 1_000; at += 1_000) watch.heard('BRTI', 85_000, at as EpochMs);
      watch.told(next);
    }
    expect(after.of('BRTI')?.learned).toEqual(before.of('BRTI')?.learned);
    expect(after.of('BRTI')?.seen).toBe(10);
    // An offset of half the value is none.
    const elsewhere = new ProxyWatch();
    elsewhere.restore('BRTI', learned(20, [40_000, 40_001]));
    elsewhere.heard('BRTI', 85_000, NOW);
    expect(elsewhere.of('BRTI')?.seen).toBe(0);
  });
});

describe('the memory of a session', () => {
  function session(directory: string) {
    const engine = new Engine({ idPrefix: 'x', parameters: parametersOf() });
    const events: EngineEvent[] = [];
    const log: string[] = [];
    const emit = (event: EngineEvent) => {
      events.push(event);
      engine.apply(event);
    };
    const say = (_: string, text: string) => void log.push(text);
    const memory = new OffsetMemory({ directory, proxies: [SPOT], engine, log: { say }, emit });
    const hear = (at: EpochMs) => emit({ type: 'reference_price', at, index: 'BRTI', value: 85_000 });
    return { engine, events, log, memory, hear };
  }

  it('tells the engine by an event, which is on the tape, and keeps nothing that it has not learned', () => {
    const directory = kept(learned(20));
    const { engine, events, log, memory, hear } = session(directory);
    const text = readFileSync(join(directory, 'BRTI.offset.json'), 'utf8');
    memory.tick(NOW);
    expect(events).toEqual([{ type: 'proxy_restored', at: NOW, index: 'BRTI', learned: learned(20) }]);
    expect(log).toEqual([expect.stringContaining('kept from an earlier run')]);
    hear(NOW);
    expect(engine.learnedOf('BRTI')).toEqual(learned(20));
    memory.tick(epochMs(NOW + 6_000));
    memory.stop();
    expect(events.filter(({ type }) => type === 'proxy_restored')).toHaveLength(1);
    expect(readFileSync(join(directory, 'BRTI.offset.json'), 'utf8')).toBe(text);
  });

  it('keeps what it has learned, also over what it refused, and says once when it cannot', () => {
    const directory = kept(learned(400));
    const { engine, memory, log, hear } = session(directory);
    memory.tick(NOW);
    hear(NOW);
    engine.apply({ type: 'proxy_restored', at: NOW, index: 'BRTI', learned: learned(1, [1, 2]) });
    memory.tick(epochMs(NOW + 6_000));
    expect(keptOffset(directory, SPOT, NOW)).toMatchObject({ learned: learned(1, [1, 2]) });

    const nowhere = session(join(directory, 'BRTI.offset.json'));
    nowhere.hear(NOW);
    nowhere.engine.apply({ type: 'proxy_restored', at: NOW, index: 'BRTI', learned: learned(1) });
    nowhere.memory.tick(NOW);
    nowhere.memory.tick(epochMs(NOW + 6_000));
    nowhere.memory.stop();
    expect(nowhere.log.filter((text) => text.startsWith('what was learned of BRTI cannot be kept'))).toHaveLength(1);
    expect(log.filter((text) => text.includes('cannot be kept'))).toEqual([]);
  });
});
