/** The lines of a watchdog for people: what changed, and what it did. */
import type { Glyphs } from '../../format.ts';
import type { WatchdogCheck, WatchdogRecord } from '../../lib/app/watchdog/watchdog-records.ts';
import { killLines } from './kill-text.ts';

/** `before`: the look before this one; a look that found the same is not worth a line. */
export function watchdogLines(
  record: WatchdogRecord,
  before: WatchdogCheck | undefined,
  glyphs: Glyphs,
): readonly string[] {
  switch (record.type) {
    case 'watchdog': {
      const { env, host, keyId, stallSeconds, checkSeconds, at } = record;
      return [`${at} watching ${env} at ${host} with key ${keyId}: ${stallSeconds} s, looking every ${checkSeconds} s`];
    }
    case 'watchdog_check':
      return record.state === before?.state && record.strikes === 0 ? [] : [`${record.at} ${meaningOf(record)}`];
    case 'watchdog_problem':
      return [`${record.at} ${record.isOver ? '' : `${glyphs.cross} `}${record.text}`];
    case 'watchdog_fired':
      return [`${record.at} ${glyphs.cross} FIRED: ${record.reason}`, ...killLines(record.kill, glyphs)];
    default:
      return record satisfies never;
  }
}

function meaningOf({ state, judge, turn, stillMs, resting, strikes }: WatchdogCheck): string {
  const still = stillMs === null ? '' : ` for ${Math.round(stillMs / 1_000)} s`;
  switch (state) {
    case 'progress':
      return judge === 'file' ? `the trader makes progress (turn ${turn})` : `its ${resting} orders are kept up`;
    case 'nothing_rests':
      return turn === null ? 'no trader is here and none of its orders rests' : `no turn${still}, and nothing rests`;
    case 'stalled':
      return `no progress${still}, ${resting ?? 'an unknown number of'} orders rest: strike ${strikes}`;
    case 'blind':
      return 'nothing can be seen from here';
    default:
      return state satisfies never;
  }
}
