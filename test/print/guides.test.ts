import { describe, expect, it } from 'vitest';
import { glyphs } from '../../src/format.ts';
import { GUIDES, guideOf } from '../../src/print/guides.ts';
import { jsonHere, kmmHere } from '../support/kmm-here.ts';
import { tempDir } from '../support/temp-dir.ts';

const layout = { width: 80, signs: glyphs(true) } as Parameters<typeof guideOf>[1];

describe.each(GUIDES)('the page about %s', (name) => {
  it('fits a terminal, in plain signs, and says where to look', () => {
    const { lines } = guideOf(name, layout);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.join('\n')).toMatch(/^[\n -~]*$/);
    expect(lines).toContain('Where to look');
  });

  it('is what kmm help prints, and an object for programs', async () => {
    const here = { directory: tempDir(), variables: {} };
    const text = await kmmHere(here, ['help', name]);
    expect([text.exit, text.stdout.split('\n')[0]]).toEqual([0, name.toUpperCase()]);
    const { records } = await jsonHere(here, ['help', name]);
    expect(records).toMatchObject([{ type: 'guide', schemaVersion: 1, guide: name }]);
  });
});

it('has the figures of the exchange’s own schedule (math.md 13)', () => {
  const text = guideOf('fees', layout).lines.join('\n');
  expect(text).toMatch(/^ *50 c +100 +\$1\.750000 +\$0\.437500$/m);
  expect(text).toMatch(/^ *25 c +100 +\$1\.312500 +\$0\.328200$/m);
  expect(text).toMatch(/^ *50 c +1 +\$0\.017500 +\$0\.004400$/m);
});
