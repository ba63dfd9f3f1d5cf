/**
 * A session that was recorded once and is kept (test/fixtures/session; a minute in which its link is cut, a pause and other
 * parameters on the way) asks for the same today. When it does not, and is not meant to: `npm run fixture:session` records it anew.
 */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { glyphs } from '../../../src/format.ts';
import { loadConfiguration } from '../../../src/lib/app/config/config.ts';
import type { ReplayResult } from '../../../src/lib/app/recording/replay-result.ts';
import { replaySession } from '../../../src/lib/app/recording/replay-session.ts';
import type { SessionHeader, TurnRecord } from '../../../src/lib/app/session/tape/session-tape.ts';
import { replayLines } from '../../../src/print/recording/replay-text.ts';
import { type CopiedRecord, recordsOf, tamperedTape } from '../../support/tampered-tape.ts';

const FIXTURE = fileURLToPath(new URL('../../fixtures/session/sim-session.tape', import.meta.url));
const HOST = { directory: '/', variables: {}, userHome: '/', systemFile: '/nowhere' };
const { parameters } = loadConfiguration({ environment: 'sim', host: HOST });

function replay(path: string): ReplayResult {
  return replaySession(path, { idPrefix: 'kmm-test-1', parameters }, 100);
}

function said(result: ReplayResult): string {
  const since = { code: result.session?.code ?? '', node: result.session?.node ?? '', config: null };
  return replayLines(result, since, { signs: glyphs(false), zone: 'UTC' }).join('\n');
}

const RECORDS = recordsOf(FIXTURE);

/** In the middle, and where it is decided on: far from the start and from what the session does at its end. */
function middle(isWanted: (record: CopiedRecord, index: number) => boolean): number {
  const from = Math.floor(RECORDS.length / 2);
  return RECORDS.findIndex((record, index) => index >= from && isWanted(record, index));
}

function turnOf(index: number): number {
  return (JSON.parse(RECORDS[index]?.text ?? '{}') as TurnRecord).turn;
}

/** The turns that stand around a record. */
function turnsAround(index: number): readonly [number, number] {
  const before = RECORDS.findLastIndex(({ kind }, at) => at < index && kind === 'turn');
  const after = RECORDS.findIndex(({ kind }, at) => at > index && kind === 'turn');
  return [turnOf(before), turnOf(after)];
}

/** It is the tape that has changed, and the place that is named holds the place that it was changed at. */
function expectFoundAt(result: ReplayResult, [before, after]: readonly [number, number]): void {
  expect(result).toMatchObject({ matches: false, verdict: 'tape_changed' });
  const [first] = result.damage;
  expect(first?.fromTurn).toBeLessThanOrEqual(before);
  expect(first?.untilTurn ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(after);
  // A handful of turns, not half the session.
  expect((first?.untilTurn ?? after) - (first?.fromTurn ?? before)).toBeLessThan(40);
  expect(said(result)).toContain(`tape changed between turn ${first?.fromTurn} and turn ${first?.untilTurn}`);
}

const isDelta = ({ kind, text }: CopiedRecord) => kind === 'frame' && text.includes('"orderbook_delta"');

describe('the session that is kept', () => {
  it('asks for the same today, to the last field', () => {
    const result = replay(FIXTURE);
    const advice =
      'if it is meant to decide otherwise: npm run fixture:session, and commit the new tape with the change';
    expect(result.verdict, `${said(result)}\n${advice}`).toBe('same');
    expect(result).toMatchObject({ matches: true, isChecked: true, damage: [], lost: 0, ending: 'ended' });
    expect(result.intents).toBeGreaterThan(50);
    expect(result.parametersChanged.map(({ changes }) => changes.map(({ path }) => path))).toEqual([
      ['quoting.orderSize'],
    ]);
  });

  it('was cut off and came back: what it is worth keeping for', () => {
    const links = RECORDS.filter(({ kind, text }) => kind === 'event' && text.includes('"connection_changed"'));
    expect(links.filter(({ text }) => text.includes('"isUp":true')).length).toBeGreaterThan(2);
    expect(RECORDS.some(({ text }) => text.includes('"verb":"pause"'))).toBe(true);
  });

  it('copied record by record is the same session', async () => {
    expect(replay(await tamperedTape(FIXTURE, (records) => records)).verdict).toBe('same');
  });
});

describe('a copy of it is found out, and where, when', () => {
  it('an intent was changed', async () => {
    const index = middle(({ kind, text }) => kind === 'turn' && text.includes('"intents"'));
    const copy = await tamperedTape(FIXTURE, (records) =>
      records.with(
        index,
        changed(RECORDS, index, (text) =>
          text.replace(/"price":(\d+)/, (_, price) => `"price":${Number(price) + 100}`),
        ),
      ),
    );
    const result = replay(copy);
    expect(result.firstDifference).toMatchObject({ turn: turnOf(index) });
    expect(result.firstDifference?.fields).toEqual([
      { field: 'price', recorded: expect.any(Number), replayed: expect.any(Number) },
    ]);
    const [field] = result.firstDifference?.fields ?? [];
    expect(Number(field?.recorded) - Number(field?.replayed)).toBe(100);
    expectFoundAt(result, [turnOf(index), turnOf(index)]);
    expect(said(result)).toMatch(/price: 0\.\d+ recorded, 0\.\d+ replayed/);
    expect(said(result)).toMatch(/before it\n.*holding .*\n.*book .* of the others/);
  });

  it('the lease of an intent was changed, which no hash of prices would show', async () => {
    const index = middle(({ kind, text }) => kind === 'turn' && text.includes('"expiresAt"'));
    const copy = await tamperedTape(FIXTURE, (records) =>
      records.with(
        index,
        changed(RECORDS, index, (text) =>
          text.replace(/"expiresAt":(\d+)/, (_, at) => `"expiresAt":${Number(at) + 1_000}`),
        ),
      ),
    );
    const { firstDifference } = replay(copy);
    expect(firstDifference).toMatchObject({ turn: turnOf(index) });
    expect(firstDifference?.fields.map(({ field }) => field)).toEqual(['expiresAt']);
  });

  it('a frame was dropped', async () => {
    const index = middle(isDelta);
    const result = replay(await tamperedTape(FIXTURE, (records) => records.toSpliced(index, 1)));
    expectFoundAt(result, turnsAround(index));
    const sequence = /"seq":(\d+)/.exec(RECORDS[index]?.text ?? '')?.[1];
    expect(said(result)).toContain(`the frame of sequence ${sequence} is missing`);
  });

  it('two frames were swapped', async () => {
    const index = middle((record, at) => isDelta(record) && isDelta(RECORDS[at + 1] ?? record));
    const [one, two] = RECORDS.slice(index, index + 2) as [CopiedRecord, CopiedRecord];
    const result = replay(await tamperedTape(FIXTURE, (records) => records.toSpliced(index, 2, two, one)));
    expectFoundAt(result, turnsAround(index));
    expect(said(result)).toContain(`sequence ${/"seq":(\d+)/.exec(one.text)?.[1]} follows sequence`);
  });

  it('a price in a frame was changed', async () => {
    const index = middle((record) => isDelta(record) && record.text.includes('"price_dollars":"0.'));
    const copy = await tamperedTape(FIXTURE, (records) =>
      records.with(
        index,
        changed(RECORDS, index, (text) =>
          text.replace(/"price_dollars":"0\.(\d)/, (_, tenth) => `"price_dollars":"0.${(Number(tenth) + 1) % 10}`),
        ),
      ),
    );
    expectFoundAt(replay(copy), turnsAround(index));
  });

  it('an event that is no frame was dropped', async () => {
    const index = middle(({ kind, text }) => kind === 'event' && text.includes('"connection_changed"'));
    const result = replay(await tamperedTape(FIXTURE, (records) => records.toSpliced(index, 1)));
    expectFoundAt(result, turnsAround(index));
  });

  it('the intents of two turns were swapped', async () => {
    const isAsking = ({ kind, text }: CopiedRecord) => kind === 'turn' && text.includes('"intents"');
    const index = middle(isAsking);
    const next = RECORDS.findIndex((record, at) => at > index && isAsking(record));
    const [one, two] = [RECORDS[index], RECORDS[next]].map((record) => JSON.parse(record?.text ?? '') as TurnRecord);
    const withIntents = (to: TurnRecord | undefined, from: TurnRecord | undefined) =>
      JSON.stringify({ ...to, intents: from?.intents });
    const copy = await tamperedTape(FIXTURE, (records) =>
      records
        .with(
          index,
          changed(RECORDS, index, () => withIntents(one, two)),
        )
        .with(
          next,
          changed(RECORDS, next, () => withIntents(two, one)),
        ),
    );
    const result = replay(copy);
    expect(result).toMatchObject({ verdict: 'tape_changed', firstDifference: { turn: turnOf(index) } });
    expect(result.firstDifference?.fields.map(({ field }) => field)).toContain('counter');
  });

  it('the end says other intents than were asked for', async () => {
    const index = RECORDS.findIndex(({ kind }) => kind === 'end');
    const copy = await tamperedTape(FIXTURE, (records) =>
      records.with(
        index,
        changed(RECORDS, index, (text) => text.replace(/"intentsHash":"./, '"intentsHash":"-')),
      ),
    );
    expect(replay(copy)).toMatchObject({ verdict: 'differs', matches: false, firstDifference: null });
  });

  it('a turn was taken out', async () => {
    const index = middle(({ kind, text }) => kind === 'turn' && !text.includes('"intents"'));
    const result = replay(await tamperedTape(FIXTURE, (records) => records.toSpliced(index, 1)));
    expectFoundAt(result, [turnOf(index), turnOf(index)]);
    expect(said(result)).toContain(`turn ${turnOf(index)} is missing`);
  });

  it('a parameter in its header was changed', async () => {
    const copy = await tamperedTape(FIXTURE, (records) =>
      records.with(
        0,
        changed(RECORDS, 0, (text) => {
          const header = JSON.parse(text) as SessionHeader;
          const { quoting } = header.engine.parameters;
          const engine = {
            ...header.engine,
            parameters: { ...header.engine.parameters, quoting: { ...quoting, leaseMs: quoting.leaseMs / 2 } },
          };
          return JSON.stringify({ ...header, engine });
        }),
      ),
    );
    const result = replay(copy);
    expect(result).toMatchObject({ verdict: 'tape_changed', damage: [{ fromTurn: 0 }] });
    expect(result.firstDifference?.fields.map(({ field }) => field)).toEqual(['expiresAt']);
    expect(said(result)).toContain('tape changed between before the first turn and turn');
  });

  it('its header names another environment', async () => {
    const result = replay(await tamperedTape(FIXTURE, (records) => records, { env: 'prod' }));
    expect(result.verdict).toBe('tape_changed');
    expect(said(result)).toContain("the tape's header names environment prod, its session record sim");
  });

  it('its end was cut off', async () => {
    const index = middle(({ kind }) => kind === 'turn');
    const result = replay(await tamperedTape(FIXTURE, (records) => records.slice(0, index + 1)));
    expect(result).toMatchObject({ verdict: 'cut', ending: 'cut', last: { turn: turnOf(index) } });
    expect(said(result)).toMatch(new RegExp(`last turn: turn ${turnOf(index)}, .*cut off there`));
  });
});

function changed(records: readonly CopiedRecord[], index: number, change: (text: string) => string): CopiedRecord {
  const record = records[index];
  if (record === undefined) throw new Error(`the tape has no record ${index}`);
  return { ...record, text: change(record.text) };
}
