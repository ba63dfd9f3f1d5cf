/** The recorder on virtual time, against the embedded exchange's own faces. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { KalshiRest } from '../../../src/lib/adapters/kalshi/rest.ts';
import { virtualLink } from '../../../src/lib/adapters/sim-server/link.ts';
import { segmentPath } from '../../../src/lib/adapters/store/tape-segments.ts';
import { DAILY } from '../../../src/lib/adapters/store/tape-writer.ts';
import { Recorder } from '../../../src/lib/app/recording/recorder.ts';
import { RecorderTape } from '../../../src/lib/app/recording/recorder-tape.ts';
import { verifyTape } from '../../../src/lib/app/recording/verify-tape.ts';
import { recorded } from '../../../src/lib/app/session/tape/recorded-wire.ts';
import type { EngineEvent } from '../../../src/lib/core/events.ts';
import { type EpochMs, epochMs } from '../../../src/lib/core/units.ts';
import type { Stream, StreamHandlers, WireRequest } from '../../../src/lib/ports.ts';
import { openedTape, TAPE_HEADER, tapeAt } from '../../support/tape.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { ACCOUNT, MORNING, Scene } from '../../support/virtual-session.ts';

interface Taken {
  readonly path: string;
  readonly recorder: Recorder;
  readonly notes: readonly string[];
  readonly requests: readonly WireRequest[];
  /** What is done to the link between the seconds. */
  readonly link: () => StreamHandlers;
  readonly run: (seconds: number) => Promise<void>;
  readonly end: () => Promise<void>;
}

async function recording(startAt: EpochMs, ...names: string[]): Promise<Taken> {
  const scene = new Scene(names[0] as string, startAt);
  const { clock, served } = scene;
  const { wire, stream } = virtualLink({ served, accountId: ACCOUNT, clock, latencyMs: 8 });
  const path = join(tempDir(), 'a.tape');
  const opened = openedTape(path, {
    header: { ...TAPE_HEADER, source: 'recording', startedAt: startAt, names },
    roll: DAILY,
  });
  const tape = new RecorderTape(opened);
  const requests: WireRequest[] = [];
  const seen = { request: (request: WireRequest) => wire.request(requests[requests.push(request) - 1] as WireRequest) };
  const held: { handlers?: StreamHandlers } = {};
  const tapped: Stream = {
    ...{ send: (command) => stream.send(command), close: () => stream.close() },
    open: (handlers) => {
      held.handlers = handlers;
      stream.open(handlers);
    },
  };
  const notes: string[] = [];
  const recorder = new Recorder({
    ...{ clock, tape, names, indices: ['BRTI'], stream: tapped, rest: new KalshiRest(recorded(seen, clock, tape)) },
    onNote: (text) => notes.push(text),
    onFatal: (error) => {
      throw error;
    },
  });
  expect(await clock.runUntilSettled(recorder.start(), served)).toBeUndefined();
  return {
    ...{ path, recorder, notes, requests },
    link: () => held.handlers as StreamHandlers,
    run: (seconds) => scene.run(seconds),
    end: async () => {
      await clock.runUntilSettled(recorder.stop('the test'), served);
      await opened.close();
    },
  };
}

function recordsOf(path: string, kind: string) {
  return [...tapeAt(path).records()].filter((record) => record.kind === kind);
}

function textsOf(path: string, kind: string): string[] {
  return recordsOf(path, kind).map(({ data }) => data.toString());
}

describe('a recorder', () => {
  test('writes down frames in and out, REST answers, definitions and index values, and asks for nothing but to read', async () => {
    const { path, recorder, requests, run, end } = await recording(MORNING, 'KXBTC15M');
    await run(20);
    await end();
    const { counts } = recorder;
    expect(counts).toMatchObject({ gaps: 0, unknown: 0, malformed: 0 });
    expect(counts.frames).toBe(recordsOf(path, 'frame').length);
    for (const count of [counts.snapshots, counts.deltas, counts.trades, counts.references])
      expect(count).toBeGreaterThan(0);
    expect(textsOf(path, 'sent').map((text) => JSON.parse(text).params.channels?.[0])).toEqual(
      expect.arrayContaining(['orderbook_delta', 'trade', 'ticker', 'market_lifecycle_v2', 'cfbenchmarks_value']),
    );
    expect(new Set(requests.map(({ method }) => method))).toEqual(new Set(['GET']));
    expect(textsOf(path, 'rest').length).toBe(requests.length);
    const events = textsOf(path, 'event').map((text) => JSON.parse(text) as EngineEvent);
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['connection_changed', 'market_defined', 'markets_selected']),
    );
    expect(JSON.parse(textsOf(path, 'end')[0] as string)).toEqual({
      ...{ markets: recorder.markets, frames: counts.frames, by: 'the test' },
    });
    expect(verifyTape(path)).toMatchObject({ verdict: 'whole', state: 'whole', frames: counts.frames, findings: [] });
  });

  test('follows a series to its next market', async () => {
    const { path, recorder, run, end } = await recording(epochMs(MORNING + 12 * 60_000 + 50_000), 'KXBTC15M');
    const before = recorder.wanted;
    await run(40);
    await end();
    expect(recorder.markets.length).toBeGreaterThan(before.length);
    const fresh = recorder.markets.at(-1) as string;
    expect(textsOf(path, 'frame').some((text) => text.includes('orderbook_snapshot') && text.includes(fresh))).toBe(
      true,
    );
    expect(verifyTape(path).findings.map(({ kind }) => kind)).toEqual(['emptied']);
  });

  test('marks a span without a link, and every frame that was missed, and has the books sent anew', async () => {
    const { path, recorder, notes, link, run, end } = await recording(MORNING, 'KXBTC15M');
    await run(10);
    const { onFrame } = link();
    let isDeaf = true;
    link().onFrame = (conn, frame) => {
      if (isDeaf && frame.includes('orderbook_delta')) isDeaf = false;
      else onFrame.call(link(), conn, frame);
    };
    await run(10);
    expect(recorder.counts.gaps).toBe(1);
    link().onDown(1, 'cut by the test');
    await run(5);
    expect(recorder.silentSince).toBeDefined();
    link().onUp(2);
    await run(5);
    await end();
    expect(notes).toEqual(expect.arrayContaining(['disconnected: cut by the test; reconnecting', 'connected again']));
    const gaps = textsOf(path, 'gap').map((text) => JSON.parse(text));
    expect(gaps[0]).toMatchObject({ reason: expect.stringMatching(/^gap: KXBTC15M-/) });
    expect(gaps[1]).toMatchObject({ reason: 'cut by the test' });
    expect(gaps[1].to - gaps[1].from).toBeGreaterThanOrEqual(5_000);
    const report = verifyTape(path);
    expect(report.findings.map(({ kind, count }) => [kind, count])).toEqual([['gap', 2]]);
    expect(report.verdict).toBe('remark');
  });

  test('goes on in another file with the UTC day, which begins with every book whole', async () => {
    const midnight = epochMs(Date.UTC(2026, 10, 21));
    const { path, run, end } = await recording(epochMs(midnight - 20_000), 'KXBTC15M');
    await run(45);
    await end();
    expect(tapeAt(path).segments).toEqual([path, segmentPath(path, 2)]);
    expect(verifyTape(path)).toMatchObject({ files: 2, findings: [{ kind: 'emptied' }] });
    const second = verifyTape(segmentPath(path, 2), { isAlone: true });
    expect(second.verdict).toBe('remark');
    expect(second.firstAt).toBeGreaterThanOrEqual(midnight);
    const after = recordsOf(segmentPath(path, 2), 'frame').filter(({ data }) => data.includes('orderbook_snapshot'));
    expect(after.length).toBeGreaterThan(0);
  });
});
