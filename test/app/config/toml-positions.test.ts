import fc from 'fast-check';
import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { tomlPositions } from '../../../src/lib/app/config/toml-positions.ts';

const placesOf = (text: string) =>
  Object.fromEntries([...tomlPositions(text)].map(([key, { line, column }]) => [key, `${line}:${column}`]));

describe('positions of keys', () => {
  test('tables, dotted and quoted keys, indents, comments', () => {
    const text = [
      '# schema = "no"',
      'schema = "kmm/1" # a = 1',
      '',
      '[quoter.as]',
      '  gamma = 1',
      "'quoted.key' = 2",
      '"other \\" key" = 3',
      'a . b = 4',
      '[ "t.x" ]',
      'y=5',
    ].join('\n');
    expect(placesOf(text)).toEqual({
      schema: '2:1',
      'quoter.as': '4:1',
      'quoter.as.gamma': '5:3',
      'quoter.as.quoted.key': '6:1',
      'quoter.as.other \\" key': '7:1',
      'quoter.as.a.b': '8:1',
      't.x': '9:1',
      't.x.y': '10:1',
    });
  });

  test('values over several lines are skipped, whatever they look like', () => {
    const text = [
      'list = [ # [not.a.table]',
      '  "a]", \'b = 1\',',
      ']',
      'long = """',
      '[no.table]',
      'no = "key" \\""" still',
      '"""',
      "raw = '''",
      "x = 'y'",
      "'''",
      'inline = { a = 1, b = [2, 3] }',
      'last = 1',
    ].join('\n');
    parse(text);
    expect(placesOf(text)).toEqual({ list: '1:1', long: '4:1', raw: '8:1', inline: '11:1', last: '12:1' });
  });

  test('CRLF does not shift lines', () =>
    expect(placesOf('a = 1\r\n[t]\r\nb = 2\r\n')).toMatchObject({ t: '2:1', 't.b': '3:1' }));

  test('every key that the parser finds has a position where that key stands (property)', () => {
    const bare = fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/);
    const value = fc.oneof(
      fc.integer().map(String),
      fc.string({ maxLength: 8 }).map((text) => JSON.stringify(text)),
      fc.constant("'''\n[x]\ny = 1\n'''"),
      fc.constant('[\n1, # ]\n2]'),
      fc.constant('"""\na = "b"\n"""'),
    );
    const tables = fc.uniqueArray(fc.tuple(bare, fc.uniqueArray(fc.tuple(bare, value), { selector: ([key]) => key })), {
      selector: ([name]) => name,
    });
    fc.assert(
      fc.property(tables, (document) => {
        const text = document
          .map(([name, entries]) => [`[${name}]`, ...entries.map(([key, said]) => `${key} = ${said} # = [`)].join('\n'))
          .join('\n\n');
        const parsed = parse(text);
        const positions = tomlPositions(text);
        const lines = text.split('\n');
        expect(Object.keys(parsed)).toEqual(expect.arrayContaining(document.map(([name]) => name)));
        expect(positions.size).toBe(document.reduce((sum, [, entries]) => sum + 1 + entries.length, 0));
        for (const [path, { line, column }] of positions) {
          const key = path.split('.').at(-1) ?? '';
          expect(
            lines[line - 1]
              ?.slice(column - 1)
              .replace(/^\[/, '')
              .startsWith(key),
          ).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });
});
