/** Who is told when a recorder's tape or link is in trouble: once when it begins, once when it is over. */
import { describe, expect, test } from 'vitest';
import { RecordWatch } from '../../../src/lib/app/recording/record-watch.ts';
import type { Alert } from '../../../src/lib/core/alerts/condition.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { T0 } from '../../support/tape.ts';

function watched() {
  const state: { failure: string | undefined; dropped: number; silentSince: ReturnType<typeof epochMs> | undefined } = {
    ...{ failure: undefined, dropped: 0, silentSince: undefined },
  };
  const notes: string[] = [];
  const alerts: Alert[] = [];
  const watch = new RecordWatch(state, state, {
    names: ['KXBTC15M'],
    onNote: (text) => notes.push(text),
    onAlerts: (told) => alerts.push(...told),
  });
  const at = (seconds: number) => watch.tick(epochMs(T0 + seconds * 1_000));
  return { state, notes, alerts, watch, at };
}

describe('a recorder whose disk is full', () => {
  test('tells it once, what it has lost beside it, and when it is over', () => {
    const { state, notes, alerts, at } = watched();
    at(0);
    expect(alerts).toEqual([]);
    state.failure = 'database or disk is full';
    at(1);
    state.dropped = 40;
    at(2);
    at(3);
    expect(alerts.map(({ key, priority, change }) => [key, priority, change])).toEqual([
      ['record tape', 'high', 'raised'],
      ['record lost', 'high', 'raised'],
    ]);
    expect(notes).toEqual([
      'the recorder of KXBTC15M cannot write its tape: database or disk is full',
      'the recorder of KXBTC15M has lost 40 records so far; the tape says where: kmm record verify',
    ]);
    state.failure = undefined;
    at(4);
    expect(notes.at(-1)).toMatch(/^over: .* cannot write its tape/);
    at(70);
    expect(notes.at(-1)).toMatch(/^over: .* has lost 40 records/);
    expect(alerts).toHaveLength(4);
  });

  test('tells what was lost in its last second, when it is ended', () => {
    const { state, alerts, at, watch } = watched();
    at(0);
    state.dropped = 1;
    watch.end(epochMs(T0 + 500));
    expect(alerts.map(({ key, change }) => [key, change])).toEqual([
      ['record lost', 'raised'],
      ['record lost', 'cleared'],
    ]);
  });
});

test('a link that is away is told after a minute, not before', () => {
  const { state, alerts, at } = watched();
  state.silentSince = T0;
  at(1);
  at(59);
  expect(alerts).toEqual([]);
  at(62);
  expect(alerts.map(({ key }) => key)).toEqual(['record feed']);
});
