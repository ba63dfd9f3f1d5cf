/** `kmm run --speed max`: what scripts rely on, and replay = live. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTape, type TapeReader, type TapeRecord } from '../../src/lib/adapters/store/tape-reader.ts';
import { openTape } from '../../src/lib/adapters/store/tape-writer.ts';
import { type Place, place } from '../support/cli.ts';
import { jsonHere, kmmHere } from '../support/kmm-here.ts';
import type { Json } from '../support/sim-client.ts';

const RUN = ['run', '--for', '60s', '--speed', 'max', '--seed'];

let first: Place;
let summary: Json;
let records: readonly Json[];
let again: Json;
let other: Json;

beforeAll(async () => {
  const places = [1, 2, 3].map(() => place({}, afterAll));
  first = places[0] as Place;
  const runs = await Promise.all(places.map((one, n) => one.json(...RUN, n === 2 ? '8' : '7')));
  expect(runs.map(({ exit, stderr }) => [exit, stderr])).toEqual([1, 2, 3].map(() => [0, '']));
  records = runs[0]?.records ?? [];
  [summary, again, other] = runs.map((run) => run.records.at(-1));
});

const DOLLARS = expect.stringMatching(/^-?\d+\.\d{6}$/);
const COUNT = expect.any(Number);

describe('a run in virtual time', () => {
  it('prints NDJSON only, each line with its type, and ends with the summary', () => {
    for (const record of records) expect(record).toMatchObject({ type: expect.any(String), schemaVersion: 1 });
    expect(records.filter(({ type }) => type === 'summary')).toEqual([summary]);
  });

  it('has every promised field in the summary', () => {
    expect(summary).toEqual({
      ...{ type: 'summary', schemaVersion: 1, env: 'sim', seconds: 60, markets: COUNT, frames: COUNT, turns: COUNT },
      ...{ intents: COUNT, fills: COUNT, restingAtEnd: 0, isConfirmed: true, restarts: 0 },
      orders: { placed: COUNT, cancelled: COUNT, amended: COUNT, refused: COUNT, unknown: COUNT },
      ...{ cashDollars: DOLLARS, realizedDollars: DOLLARS, unrealizedDollars: DOLLARS, feesDollars: DOLLARS },
      ...{ exchangeCashDollars: summary.cashDollars, reconciled: true },
      intentsHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      tape: join(first.home.tapes, 'session-000001.tape'),
      droppedFrames: 0,
      tickToIntentMs: { p50: COUNT, p99: COUNT },
    });
    expect(summary.frames).toBeGreaterThan(1_000);
    expect(summary.orders.placed).toBeGreaterThan(10);
  });

  it('trades on both sides and ends with nothing resting', () => {
    const journal = new Database(first.home.database, { readonly: true });
    const sides = journal.prepare('SELECT side, count(*) AS fills FROM fills GROUP BY side ORDER BY side').all();
    const open = journal.prepare("SELECT count(*) FROM orders WHERE state <> 'ended'").pluck().get();
    journal.close();
    expect(sides).toEqual([
      { side: 'ask', fills: COUNT },
      { side: 'bid', fills: COUNT },
    ]);
    expect(sides.reduce((sum: number, row) => sum + (row as { fills: number }).fills, 0)).toBe(summary.fills);
    expect(open).toBe(0);
  });

  it('asks for the same with the same seed in a fresh directory, and for something else with another', () => {
    expect(again.intentsHash).toBe(summary.intentsHash);
    expect([again.fills, again.cashDollars]).toEqual([summary.fills, summary.cashDollars]);
    expect(other.intentsHash).not.toBe(summary.intentsHash);
  });
});

it('is in the report of today, whatever the day of its world', async () => {
  const { records: reports } = await jsonHere(first, ['report', 'daily', '--date', 'today']);
  expect(reports[0].total.fills).toBe(summary.fills);
});

describe('its tape', () => {
  it('replays to the same intents', async () => {
    const { exit, records: replayed } = await jsonHere(first, ['replay', summary.tape]);
    expect(exit).toBe(0);
    expect(replayed).toMatchObject([
      {
        ...{ type: 'replay', schemaVersion: 1, tape: summary.tape, frames: summary.frames, turns: COUNT },
        ...{ intents: summary.intents, intentsHash: summary.intentsHash, verdict: 'same', isChecked: true },
        ...{ matches: true, firstDifference: null, hashDifference: null, damage: [], lost: 0 },
      },
    ]);
  });

  it('that says other intents than the code derives is caught, with the first difference', async () => {
    const tampered = await rewritten('intents.tape', tamperWithIntent());
    const { exit, records: replayed } = await jsonHere(first, ['replay', tampered]);
    expect(exit).toBe(10);
    expect(replayed[0]).toMatchObject({
      matches: false,
      firstDifference: { recorded: expect.stringContaining('9999') },
    });
    expect(replayed[0].firstDifference.at).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
    expect(replayed[0].intentsHash).toBe(summary.intentsHash);
  });

  it('with a frame changed is caught, and told to people', async () => {
    const tampered = await rewritten('frames.tape', tamperWithFrames());
    const { exit, stdout } = await kmmHere(first, ['replay', tampered]);
    expect(exit).toBe(10);
    expect(stdout).toMatch(/DIFFERS: the tape is not what the session wrote\n/);
    expect(stdout).toMatch(/Try: kmm explain KMM_REPLAY_DIFFERS/);
  });

  it('with a block taken out never matches, and the loss is counted', async () => {
    const path = join(first.directory, 'holed.tape');
    copyFileSync(summary.tape, path);
    const tape = new Database(path);
    tape.prepare('DELETE FROM block WHERE id = 3').run();
    tape.close();
    const { exit, records: replayed } = await jsonHere(first, ['replay', path]);
    expect(exit).toBe(10);
    expect(replayed[0]).toMatchObject({ matches: null, verdict: 'unproved', lost: expect.any(Number) });
    expect(replayed[0].lost).toBeGreaterThan(0);
  });
});

type Change = (record: TapeRecord) => string | Buffer;

/** The session's tape, record by record, as `change` wants each. */
async function rewritten(name: string, change: Change): Promise<string> {
  const path = join(first.directory, name);
  const source = readTape(summary.tape) as TapeReader;
  const tape = openTape({ path, header: source.header, whenFull: 'wait' });
  if (!('append' in tape)) throw tape;
  for (const record of source.records()) {
    if (record.kind !== 'lost') tape.append(record.kind, record.at, record.conn, change(record));
  }
  await tape.close();
  return path;
}

/** The hundredth turn that asked for anything says another price. */
function tamperWithIntent(): Change {
  let seen = 0;
  return ({ kind, data }) => {
    const turn = kind === 'turn' ? JSON.parse(data.toString()) : {};
    if (turn.intents === undefined || ++seen !== 100) return Buffer.from(data);
    turn.intents[0].price = 9_999;
    return JSON.stringify(turn);
  };
}

/** From some frame on, every delta is a little larger. */
function tamperWithFrames(): Change {
  let frames = 0;
  return ({ kind, data }) => {
    if (kind !== 'frame' || ++frames < 500) return Buffer.from(data);
    return data.toString().replace(/"delta_fp":"(\d+)\.00"/, '"delta_fp":"$1.50"');
  };
}
