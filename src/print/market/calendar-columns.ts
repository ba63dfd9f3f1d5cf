/** The table of what comes: news, maintenance, holidays. */
import { countdownText, dateTimeText, isoText, type Zone } from '../../format.ts';
import type { Coming } from '../../lib/core/clock/coming.ts';
import type { EpochMs } from '../../lib/core/units.ts';
import type { TextColumn } from '../text-table.ts';

const WORDS: Readonly<Record<Coming['kind'], string>> = {
  ...{ news: 'news', maintenance: 'maintenance', holiday: 'holiday', early_close: 'early close' },
};

export function calendarColumns(now: EpochMs, zone: Zone): readonly TextColumn<Coming>[] {
  return [
    { title: 'AT', align: 'left', leaves: 0, cell: ({ at }) => dateTimeText(at, zone) },
    { title: 'IN', align: 'right', leaves: 3, cell: ({ at }) => (at <= now ? 'now' : countdownText(at, now)) },
    { title: 'KIND', align: 'left', leaves: 0, cell: ({ kind }) => WORDS[kind] },
    { title: 'WHAT', align: 'left', leaves: 0, cell: ({ name }) => name },
    { title: 'NOTHING RESTS FROM', align: 'left', leaves: 2, cell: ({ from }) => dateTimeText(from, zone) },
    { title: 'UNTIL', align: 'left', leaves: 2, cell: ({ until }) => dateTimeText(until, zone) },
    { title: 'SERIES', align: 'left', leaves: 1, cell: ({ series }) => series.join(' ') || 'all' },
  ];
}

export function calendarRecord({ kind, name, at, from, until, series }: Coming): object {
  return { kind, name, at: isoText(at), from: isoText(from), until: isoText(until), series };
}
