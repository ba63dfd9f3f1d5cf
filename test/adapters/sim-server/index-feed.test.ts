/** The index feed of the embedded exchange: what it says, to whom, and that the client of a live feed understands it. */
import { describe, expect, it } from 'vitest';
import { polygon } from '../../../src/lib/adapters/reference/polygon.ts';
import { IndexFeedSession } from '../../../src/lib/adapters/sim-server/index-feed.ts';
import { epochMs } from '../../../src/lib/core/units.ts';

const AT = epochMs(Date.UTC(2026, 10, 20, 15, 1));
const level = (value: number, index = 'SPX') => ({ type: 'index_level', at: AT, index, value }) as const;

function opened() {
  const said: string[] = [];
  const session = new IndexFeedSession((text) => said.push(text));
  const statuses = () =>
    said.flatMap((text) => (JSON.parse(text) as { status?: string }[]).map(({ status }) => status));
  return { session, said, statuses };
}

describe('the index feed', () => {
  it('is spoken by the client of a live one, from its greeting to a value', () => {
    const protocol = polygon(() => 'any key');
    const { session, said } = opened();
    let next = 0;
    const values: unknown[] = [];
    const read = () => {
      for (; next < said.length; next += 1) {
        const meaning = protocol.read(said[next] as string);
        if (meaning.kind === 'answer') session.onCommand(meaning.text);
        else if (meaning.kind === 'values') values.push(...meaning.values);
        else expect(meaning.kind).toBe('other');
      }
    };
    for (const text of protocol.greeting(['I:SPX'])) session.onCommand(text);
    read();
    session.onLevels([level(6_900.25), level(25_000, 'NDX')]);
    read();
    expect(values).toEqual([{ symbol: 'I:SPX', value: 6_900.25, at: AT }]);
  });

  it('says nothing before it is asked, and refuses what it does not understand', () => {
    const { session, said, statuses } = opened();
    session.onCommand('{"action":"subscribe","params":"V.I:SPX"}');
    session.onLevels([level(6_900)]);
    expect(statuses()).toEqual(['connected', 'auth_failed']);
    session.onCommand('{"action":"auth","params":"x"}');
    for (const odd of ['<html>', 'null', '{"action":"sell"}', '']) session.onCommand(odd);
    expect(statuses().slice(2)).toEqual(['auth_success', 'error', 'error', 'error', 'error']);
    session.onCommand('{"action":"subscribe","params":"A.SPY"}');
    session.onLevels([level(6_900)]);
    expect(said.some((text) => text.includes('"V"'))).toBe(false);
  });
});
