/** One source and its watch, over a clock in the test's hand: when it is asked, and what becomes of each answer. */
import { expect, it } from 'vitest';
import { VirtualClock } from '../../../src/lib/adapters/sim-server/virtual-clock.ts';
import { SourceWatch } from '../../../src/lib/app/sources/source-watch.ts';
import type { ForecastMade } from '../../../src/lib/core/events.ts';
import { SourceProblem } from '../../../src/lib/core/reference/source-problem.ts';
import { type EpochMs, epochMs } from '../../../src/lib/core/units.ts';
import type { ForecastSource, MarketLook, SourceForecast } from '../../../src/lib/ports.ts';
import { MARKET } from '../../support/engine.ts';

const START = epochMs(Date.UTC(2026, 10, 20, 15));
const NO_WORLD = { catchUp: () => {}, nextAt: () => undefined };

function says(about: string, probability: number, madeAt: EpochMs = START): SourceForecast {
  return { about, madeAt, says: { kind: 'probability', probability, standardError: 0.1 }, reasons: [] };
}

function watched(source: ForecastSource, refreshMs = 60_000) {
  const clock = new VirtualClock(START);
  const events: ForecastMade[] = [];
  const log: string[] = [];
  const followed: MarketLook[] = [{ market: { ...MARKET, ticker: 'A-1', eventTicker: 'A', seriesTicker: 'S' } }];
  const watch = new SourceWatch({
    ...{ name: 'desk', kind: 'test', refreshMs, source, clock, speed: 1 },
    look: () => followed,
    followed: () => followed.map(({ market: { ticker } }) => ticker),
    emit: (event) => events.push(event),
    say: (level, text) => log.push(`${level} ${text}`),
  });
  clock.every(1_000, () => watch.tick());
  const run = (seconds: number) => clock.run(epochMs(clock.now() + seconds * 1_000), NO_WORLD);
  const told = () => events.splice(0).map(({ about, says: said }) => [about, 'code' in said ? said.code : said.kind]);
  return { clock, run, told, events, log, watch, followed };
}

/** Answers by what stands there, and counts. */
function scripted() {
  const source = {
    asked: 0,
    answer: (): Promise<readonly SourceForecast[]> => Promise.resolve([]),
    read(): Promise<readonly SourceForecast[]> {
      source.asked += 1;
      return source.answer();
    },
  };
  return source;
}

it('is asked every so often, and only what changed is told', async () => {
  const source = scripted();
  source.answer = async () => [says('S', 0.4)];
  const { run, told } = watched(source);
  await run(30);
  expect([source.asked, told()]).toEqual([1, [['S', 'probability']]]);
  await run(60);
  expect([source.asked, told()]).toEqual([2, []]);
  source.answer = async () => [says('S', 0.5, epochMs(START + 60_000))];
  await run(60);
  expect([source.asked, told()]).toEqual([3, [['S', 'probability']]]);
});

it('what it names no more is refused, and what is older than its last word too', async () => {
  const source = scripted();
  source.answer = async () => [says('S', 0.4), says('A', 0.3)];
  const { run, told } = watched(source);
  await run(2);
  expect(told()).toHaveLength(2);
  source.answer = async () => [says('S', 0.5, epochMs(START - 1))];
  await run(60);
  expect(told()).toEqual([
    ['S', 'source_older'],
    ['A', 'source_withdrawn'],
  ]);
});

it('silence keeps the last word, and is asked again within 15 s; another answer loses it', async () => {
  const source = scripted();
  const fails = (code: string) => async () => {
    throw new SourceProblem(code, 'something is wrong');
  };
  source.answer = fails('source_silent');
  const { run, told, log, watch } = watched(source);
  await run(3);
  expect(told()).toEqual([['S', 'source_silent']]);
  source.answer = async () => [says('A', 0.4)];
  await run(15);
  // The refusal of the series is withdrawn as well: the event's own word stands before it.
  expect(told()).toEqual([
    ['A', 'probability'],
    ['S', 'source_withdrawn'],
  ]);
  source.answer = fails('source_silent');
  await run(60);
  expect([told(), watch.view().problem?.code]).toEqual([[], 'source_silent']);
  source.answer = fails('source_invalid');
  await run(15);
  expect(told()).toEqual([
    ['A', 'source_invalid'],
    ['S', 'source_invalid'],
  ]);
  source.answer = fails('source_invalid');
  await run(60);
  expect(told()).toEqual([]);
  source.answer = async () => [says('A', 0.4)];
  await run(15);
  expect(told()[0]).toEqual(['A', 'probability']);
  expect(log).toEqual([
    'warn source desk: something is wrong; nothing is quoted by it',
    'info source desk answers again',
    'warn source desk: something is wrong; what it said last holds until it is too old',
    'warn source desk: something is wrong; nothing is quoted by it',
    'info source desk answers again',
  ]);
});

it('an error that is nobody’s word is a refusal, in one line', async () => {
  const source = scripted();
  source.answer = async () => {
    throw new TypeError('no\nsuch\u001b[2Jthing');
  };
  const { run, events } = watched(source);
  await run(3);
  expect(events[0]?.says).toEqual({ kind: 'refused', code: 'source_broken', reason: 'desk: no such [2Jthing' });
});

it('one that hangs is told to give up, is asked no second time, and its late answer is nobody’s', async () => {
  const late = Promise.withResolvers<readonly SourceForecast[]>();
  const signals: AbortSignal[] = [];
  let asked = 0;
  const { run, told } = watched(
    {
      read(_, { signal }) {
        asked += 1;
        signals.push(signal);
        return asked === 1 ? late.promise : Promise.resolve([says('S', 0.4)]);
      },
    },
    1_000,
  );
  await run(30);
  expect([asked, signals[0]?.aborted, told()]).toEqual([1, true, [['S', 'source_silent']]]);
  late.resolve([says('S', 0.9)]);
  await run(2);
  expect([asked > 1, told()]).toEqual([true, [['S', 'probability']]]);
});

it('is asked at once when its stamp changes, and about a market that is new', async () => {
  const source = { ...scripted(), mark: 'one' };
  let asked = 0;
  const { run, followed } = watched({
    stamp: async () => source.mark,
    read: async () => {
      asked += 1;
      return [];
    },
  });
  await run(5);
  expect(asked).toBe(1);
  source.mark = 'two';
  await run(1);
  expect(asked).toBe(2);
  followed.push({ market: { ...MARKET, ticker: 'A-2' } });
  await run(6);
  expect(asked).toBe(3);
  await run(20);
  expect(asked).toBe(3);
});
