/** Alerts on their way, on disk: each channel is given each alert once, by one process at a time, whoever dies in between. */
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type AlertList, openAlertList } from '../../../src/lib/adapters/store/alert-list.ts';
import { type AlertOutbox, openOutbox } from '../../../src/lib/adapters/store/alert-outbox.ts';
import { StoreProblem } from '../../../src/lib/adapters/store/problem.ts';
import { MemoryOutbox } from '../../../src/lib/app/alerts/memory-outbox.ts';
import type { Alert, Priority } from '../../../src/lib/core/alerts/condition.ts';
import type { Outbox, Waiting } from '../../../src/lib/core/alerts/delivery.ts';
import { type EpochMs, epochMs } from '../../../src/lib/core/units.ts';
import { begun, databasePath, T0 } from '../../support/journal.ts';

const BOTH: Readonly<Record<Priority, readonly string[]>> = {
  ...{ critical: ['discord', 'ntfy'], high: ['discord', 'ntfy'], medium: ['discord'], low: [] },
};
const all = (waiting: readonly Waiting[]) => waiting;
const at = (second: number): EpochMs => epochMs(T0 + second * 1_000);

function alert(key: string, more: Partial<Alert> = {}): Alert {
  return { key, priority: 'critical', change: 'raised', stage: '', text: `about ${key}`, at: T0, ...more };
}

function opened(path: string): AlertOutbox {
  const outbox = openOutbox({ path, env: 'sim' });
  if (outbox instanceof StoreProblem) throw new Error(outbox.message);
  onTestFinished(() => outbox.close());
  return outbox;
}

function listOf(path: string): AlertList {
  const list = openAlertList({ path, env: 'sim' });
  if (list instanceof StoreProblem) throw new Error(list.message);
  onTestFinished(() => list.close());
  return list;
}

/** A trader's database, and two processes beside it. */
function place() {
  const path = databasePath();
  const { journal } = begun(path);
  onTestFinished(() => journal.close());
  return { path, journal, first: opened(path), second: opened(path) };
}

function keys(waiting: readonly Waiting[]): string[] {
  return waiting.map(({ key }) => key);
}

describe.each<[string, () => Outbox & { add(alerts: readonly Alert[]): unknown }]>([
  ['on disk', () => place().first],
  ['in memory', () => new MemoryOutbox()],
])('an outbox %s', (_where, make) => {
  it('hands each alert to the channels of its priority, once', () => {
    const outbox = make();
    outbox.add([alert('a'), alert('b', { priority: 'medium' }), alert('c', { priority: 'low' })]);
    outbox.spread(BOTH);
    outbox.spread(BOTH);
    expect(keys(outbox.claim('ntfy', at(0), all))).toEqual(['a']);
    const claimed = outbox.claim('discord', at(0), all);
    expect(keys(claimed)).toEqual(['a', 'b']);
    outbox.delivered('discord', [claimed[0]?.id ?? 0], at(1));
    outbox.parked('discord', [claimed[1]?.id ?? 0], at(1), 'HTTP 400');
    expect(outbox.claim('discord', at(3_600), all)).toEqual([]);
  });

  it('leaves a channel alone after a failure, with all that comes in the meantime, until it is time or it works', () => {
    const outbox = make();
    outbox.add([alert('a')]);
    outbox.spread(BOTH);
    const [first] = outbox.claim('ntfy', at(0), all);
    outbox.postponed('ntfy', [first?.id ?? 0], at(30), 'timeout');
    outbox.add([alert('b')]);
    outbox.spread(BOTH);
    expect(outbox.claim('ntfy', at(29), all)).toEqual([]);
    const again = outbox.claim('ntfy', at(30), all);
    expect(again.map(({ key, attempts }) => [key, attempts])).toEqual([
      ['a', 1],
      ['b', 0],
    ]);
    expect(keys(outbox.claim('discord', at(1), all))).toEqual(['a', 'b']);
  });

  it('says when messages went out, one for what went together', () => {
    const outbox = make();
    outbox.add([alert('a'), alert('b'), alert('c')]);
    outbox.spread(BOTH);
    const claimed = outbox.claim('ntfy', at(0), all);
    outbox.delivered(
      'ntfy',
      claimed.slice(0, 2).map(({ id }) => id),
      at(1),
    );
    outbox.delivered(
      'ntfy',
      claimed.slice(2).map(({ id }) => id),
      at(9),
    );
    outbox.add([alert('d')]);
    outbox.spread(BOTH);
    const seen: (readonly EpochMs[])[] = [];
    outbox.claim('ntfy', at(10), (_waiting, sentAt) => {
      seen.push([...sentAt].sort());
      return [];
    });
    expect(seen).toEqual([[at(1), at(9)]]);
  });
});

describe('between two processes', () => {
  it('what one has claimed the other leaves alone, until its claim has run out', () => {
    const { first, second } = place();
    first.add([alert('a')]);
    first.spread(BOTH);
    second.spread(BOTH);
    expect(keys(first.claim('ntfy', at(0), all))).toEqual(['a']);
    expect(second.claim('ntfy', at(59), all)).toEqual([]);
    // The first has died between sending and noting: told twice, lost never.
    expect(keys(second.claim('ntfy', at(60), all))).toEqual(['a']);
  });

  it('a trader that holds the lock keeps a delivery from beginning, which changes nothing and is tried again', () => {
    const { first, path } = place();
    first.add([alert('a')]);
    first.spread(BOTH);
    const trader = new Database(path);
    onTestFinished(() => void trader.close());
    trader.exec('BEGIN IMMEDIATE');
    expect(() => first.claim('ntfy', at(0), all)).toThrow('locked');
    trader.exec('ROLLBACK');
    expect(keys(first.claim('ntfy', at(0), all))).toEqual(['a']);
  });

  it('a channel that is new is told of the newest hundred, not of years', () => {
    const { first } = place();
    first.add(Array.from({ length: 250 }, (_, index) => alert(`k${index}`)));
    first.spread(BOTH);
    const told = first.claim('ntfy', at(0), all);
    expect([told.length, told[0]?.key]).toEqual([100, 'k150']);
  });

  it('nothing is lost or sent twice by two that deliver at once, whatever fails (F43)', () => {
    const { first, second, path } = place();
    const sent: string[] = [];
    let drawn = 7;
    for (let second_ = 0; second_ < 600; second_ += 1) {
      if (second_ < 100) first.add([alert(`k${second_}`)]);
      for (const outbox of [first, second]) {
        outbox.spread(BOTH);
        const claimed = outbox.claim('ntfy', at(second_ * 10), (waiting) => waiting.slice(0, 1));
        drawn = (drawn * 1_103_515_245 + 12_345) % 2_147_483_648;
        for (const { id, key } of claimed) {
          if (drawn % 3 === 0) outbox.postponed('ntfy', [id], at(second_ * 10 + 5), 'HTTP 500');
          else {
            sent.push(key);
            outbox.delivered('ntfy', [id], at(second_ * 10));
          }
        }
      }
    }
    expect(sent.toSorted()).toEqual(Array.from({ length: 100 }, (_, index) => `k${index}`).toSorted());
    expect(listOf(path).parkedCount()).toBe(0);
  });
});

describe('the list', () => {
  it('shows the last word of each key that is open, loudest first, also when it is over; what is low is never open', () => {
    const { first, path } = place();
    first.add([alert('m', { priority: 'medium' }), alert('a'), alert('a', { change: 'cleared' })]);
    first.add([alert('alive', { priority: 'low' }), alert('b')]);
    const list = listOf(path);
    expect(list.open().map(({ key, change }) => `${key} ${change}`)).toEqual(['b raised', 'a cleared', 'm raised']);
    expect(list.newest(2).map(({ key, isOpen }) => [key, isOpen])).toEqual([
      ['b', 1],
      ['alive', 0],
    ]);
  });

  it('acknowledges by id with what came before of its key, by key, or all; what comes later is open again', () => {
    const { first, path } = place();
    first.add([alert('a'), alert('a', { stage: '2', change: 'changed' }), alert('b'), alert('c')]);
    const list = listOf(path);
    const done = (choice: Parameters<AlertList['acknowledge']>[0]) => {
      const rows = list.acknowledge(choice, at(1));
      return rows instanceof StoreProblem ? rows.message : rows.map(({ id, key }) => `${id} ${key}`);
    };
    expect(done({ id: 1 })).toEqual(['1 a']);
    expect(list.open().map(({ key }) => key)).toContain('a');
    expect(done({ id: 2 })).toEqual(['2 a']);
    expect(done({ key: 'b' })).toEqual(['3 b']);
    expect(done('all')).toEqual(['4 c']);
    expect([done('all'), list.open()]).toEqual([[], []]);
    first.add([alert('a', { change: 'cleared', stage: '2' })]);
    expect(list.open().map(({ key }) => key)).toEqual(['a']);
  });

  it('of what a person has acknowledged nothing more is delivered', () => {
    const { first, path } = place();
    first.add([alert('a'), alert('b')]);
    first.spread(BOTH);
    listOf(path).acknowledge({ key: 'a' }, at(1));
    expect(keys(first.claim('ntfy', at(2), all))).toEqual(['b']);
  });

  it('says where each went, waits, failed and was given up', () => {
    const { first, path } = place();
    first.add([alert('a'), alert('b'), alert('c')]);
    first.spread(BOTH);
    const [a, b, c] = first.claim('ntfy', at(0), all).map(({ id }) => id) as [number, number, number];
    first.delivered('ntfy', [a], at(1));
    first.postponed('ntfy', [b], at(9), 'timeout');
    first.parked('ntfy', [c], at(2), 'HTTP 404');
    const list = listOf(path);
    expect(list.deliveries([a, b, c]).filter(({ channel }) => channel === 'ntfy')).toMatchObject([
      { alert: a, deliveredAt: at(1), parkedAt: null, problem: null },
      { alert: b, attempts: 1, deliveredAt: null, problem: 'timeout' },
      { alert: c, parkedAt: at(2), problem: 'HTTP 404' },
    ]);
    expect(list.parkedCount()).toBe(1);
  });
});
