/** `kmm replay SESSION` over the session that is kept: numbers and names, until, step, why, set, and what it refuses. */
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kmmHere } from '../support/kmm-here.ts';
import { recordsOf, tamperedTape } from '../support/tampered-tape.ts';
import { tempDir } from '../support/temp-dir.ts';

const FIXTURE = fileURLToPath(new URL('../fixtures/session/sim-session.tape', import.meta.url));
const directory = tempDir(afterAll);
const tapes = join(directory, 'sim', 'tape');

beforeAll(() => {
  mkdirSync(tapes, { recursive: true });
  copyFileSync(FIXTURE, join(tapes, 'session-000007.tape'));
});

async function kmm(...words: string[]) {
  return kmmHere({ directory, variables: { KMM_HOME: directory } }, ['replay', ...words]);
}

async function record(...words: string[]) {
  const { exit, stdout, stderr } = await kmm(...words, '--json');
  const lines = stdout.trim().split('\n');
  return { exit, stderr, record: JSON.parse(lines.at(-1) ?? '{}'), lines };
}

describe('replay SESSION', () => {
  it.each(['7', 'last', 'session-000007', FIXTURE])('finds the session as %s, and derives it again', async (name) => {
    const { exit, record: said } = await record(name);
    expect(said).toMatchObject({
      type: 'replay',
      schemaVersion: 1,
      verdict: 'same',
      matches: true,
      lost: 0,
      damage: [],
    });
    expect(said.intents).toBeGreaterThan(50);
    expect(exit).toBe(0);
  });

  it('stops where --until says, and shows the markets as they were', async () => {
    const { record: said } = await record('7', '--until', 'turn', '200');
    expect(said).toMatchObject({ verdict: 'same', ending: 'until', last: { turn: 200 } });
    expect(said.markets[0]).toMatchObject({ ticker: expect.stringMatching(/^KX/), book: expect.any(Object) });
  });

  it('tells with --why what each turn was decided by', async () => {
    const { stdout } = await kmm('7', '--until', 'turn', '60', '--why');
    expect(stdout).toMatch(/^turn \d+/m);
    expect(stdout).toMatch(/fair/);
    expect(stdout).toContain('matches: every intent of the session was derived again');
  });

  it('names the first difference with both sides, and ends with exit code 10', async () => {
    const records = recordsOf(FIXTURE);
    const index = records.findIndex(({ kind, text }) => kind === 'turn' && text.includes('"intents"'));
    const copy = await tamperedTape(FIXTURE, (all) =>
      all.with(index, {
        ...records[index],
        text: records[index]?.text.replace('"side":"bid"', '"side":"ask"'),
      } as never),
    );
    const { exit, stdout } = await kmm(copy);
    expect(exit).toBe(10);
    expect(stdout).toMatch(
      /DIFFERS[\s\S]*first difference at turn \d+[\s\S]*recorded [\s\S]*replayed [\s\S]*before it/,
    );
  });

  it('of a tape with a changed byte says from where on nothing is proved', async () => {
    const copy = join(directory, 'flipped.tape');
    copyFileSync(FIXTURE, copy);
    flipBit(copy);
    const { exit, record: said } = await record(copy);
    expect(said).toMatchObject({ verdict: 'unproved', matches: null });
    expect(said.lost).toBeGreaterThan(0);
    expect(said.lostFrom.turn).toBeGreaterThan(0);
    expect(exit).toBe(10);
  });
});

describe('replay --set', () => {
  it('trades the recorded books as it was and as changed, in three bands', async () => {
    const { exit, record: said } = await record('7', '--set', 'quoting.order_size_contracts=2');
    expect(exit).toBe(0);
    expect(said).toMatchObject({
      ...{ type: 'replay_changed', session: 1, env: 'sim', verdict: 'same' },
      keys: [{ key: 'quoting.order_size_contracts', value: '2', recorded: expect.anything() }],
      parameters: [{ path: 'quoting.orderSize', to: 200 }],
    });
    expect(said.lived.fills).toBeGreaterThan(0);
    expect(said.bands.map(({ mode }: { mode: string }) => mode)).toEqual(['pessimistic', 'calibrated', 'optimistic']);
    for (const { was, changed, differenceDollars } of said.bands) {
      expect(was.intentsHash).not.toBe(changed.intentsHash);
      expect(Number(changed.netDollars) - Number(was.netDollars)).toBeCloseTo(Number(differenceDollars), 6);
      // Less than half the size at the same prices: less is traded.
      expect(Number(changed.contracts)).toBeLessThan(Number(was.contracts));
    }
  });

  it('tells people the same, with what the session made beside it', async () => {
    const { stdout } = await kmm('7', '--set', 'quoting.order_size_contracts=2');
    expect(stdout).toMatch(/What session 1 of sim would have made with quoting\.order_size_contracts = 2/);
    expect(stdout).toMatch(/the session +[+-]\d/);
    expect(stdout).toMatch(/^optimistic +[+-]\d/m);
  });

  it.each([
    ['quoting.order_size_contract=2', 'KMM_CONFIG_UNKNOWN_KEY', 'did you mean order_size_contracts?', 3],
    ['quoting.order_size_contracts=many', 'KMM_USAGE', '--set quoting.order_size_contracts many', 2],
    ['quoting.order_size_contracts=5000', 'KMM_USAGE', '--set quoting.order_size_contracts 5000', 2],
    ['quoting.order_size_contracts', 'KMM_USAGE', 'is not KEY=VALUE', 2],
    ['log.level=debug', 'KMM_USAGE', 'changes nothing', 2],
  ])('%s is refused: %s', async (set, code, hint, status) => {
    const { exit, stderr } = await kmm('7', '--set', set);
    expect(stderr).toContain(code);
    expect(stderr.replace(/\s+/g, ' ')).toContain(hint);
    expect(exit).toBe(status);
  });

  it('a tape that does not say its configuration is refused, with what to do instead', async () => {
    const old = await tamperedTape(FIXTURE, (records) => records, { config: undefined } as never);
    const { stderr } = await kmm(old, '--set', 'quoting.order_size_contracts=2');
    expect(stderr).toContain('KMM_USAGE');
    expect(stderr).toContain('kmm backtest run');
  });
});

describe('replay refuses', () => {
  it.each([['12'], ['kmm-a1b2c3-7'], ['7', '--env', 'demo']])('a session that is unknown: %s', async (...words) => {
    const { exit, stderr } = await kmm(...words);
    expect([exit, stderr]).toEqual([2, expect.stringContaining('KMM_SESSION_UNKNOWN')]);
  });

  it('a tape of a later format', async () => {
    const newer = join(directory, 'newer.tape');
    copyFileSync(FIXTURE, newer);
    const database = new Database(newer);
    database.pragma('user_version = 99');
    database.close();
    for (const words of [[newer], [newer, '--set', 'quoting.order_size_contracts=2']]) {
      const { exit, stderr } = await kmm(...words);
      expect([exit, stderr]).toEqual([2, expect.stringContaining('KMM_TAPE_NEWER')]);
    }
  });

  it('a tape that is half written', async () => {
    const half = join(directory, 'half.tape');
    const whole = readFileSync(FIXTURE);
    writeFileSync(half, whole.subarray(0, Math.floor(whole.length / 2)));
    const { exit, stderr, stdout } = await kmm(half);
    expect(exit, stdout).not.toBe(0);
    expect(stdout + stderr).toMatch(/KMM_TAPE_(DAMAGED|UNREADABLE)|UNPROVED/);
  });

  it('a moment that is none', async () => {
    expect((await kmm('7', '--until', 'turn x')).stderr).toContain('KMM_USAGE');
  });
});

/** A bit of it is another one: of a block far enough in that turns stand before it. */
function flipBit(path: string): void {
  const database = new Database(path);
  const { id, data } = database.prepare('SELECT id, data FROM block ORDER BY id LIMIT 1 OFFSET 3').get() as {
    id: number;
    data: Buffer;
  };
  data.writeUInt8(data.readUInt8(200) ^ 1, 200);
  database.prepare('UPDATE block SET data = ? WHERE id = ?').run(data, id);
  database.close();
}
