import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mischiefOf } from '../../../src/lib/app/sim/sim-mischief.ts';
import { tempDir } from '../../support/temp-dir.ts';

describe('--mischief', () => {
  it('draws a plan from a seed', () => {
    expect(mischiefOf('storm-1')).toEqual(mischiefOf('storm-1'));
    expect(mischiefOf('storm-1')).toMatchObject({ seed: 'storm-1' });
  });

  it('reads a plan from a file', () => {
    const file = join(tempDir(), 'plan.json');
    writeFileSync(file, '{"seed":"s","rules":[{"fault":"frame_dropped","chance":0.01}]}');
    expect(mischiefOf(file)).toMatchObject({
      seed: 's',
      rules: [{ fault: 'frame_dropped', chance: 0.01, after_ms: 0 }],
    });
  });

  it.each<[string, string, string]>([
    ['no JSON', '{', 'is no JSON'],
    ['an unknown fault', '{"rules":[{"fault":"gremlin"}]}', 'rules.0.fault'],
    ['no rules', '{}', 'rules'],
  ])('refuses a file with %s and says where', (_, text, problem) => {
    const file = join(tempDir(), 'plan.json');
    writeFileSync(file, text);
    expect(() => mischiefOf(file)).toThrow(expect.objectContaining({ code: 'KMM_MISCHIEF_BAD' }));
    expect(() => mischiefOf(file)).toThrow(problem);
  });

  it('refuses a path where nothing is instead of taking it for a seed', () => {
    for (const path of ['./plan', 'plan.json', '/no/such/plan']) {
      expect(() => mischiefOf(path)).toThrow(expect.objectContaining({ code: 'KMM_MISCHIEF_BAD' }));
    }
  });
});
