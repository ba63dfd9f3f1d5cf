/** Tapes for people: what there is, what is on one, what is wrong with it. */
import { dateTimeText, type Glyphs, type Zone } from '../../format.ts';
import { bytesText } from '../../lib/app/doctor/words.ts';
import type { Finding } from '../../lib/app/recording/findings.ts';
import type { ListedTape, TapeInfo, TapeRow } from '../../lib/app/recording/list-tapes.ts';
import type { PrunePlan } from '../../lib/app/recording/prune-tapes.ts';
import type { TapeReport } from '../../lib/app/recording/verify-tape.ts';
import type { EpochMs } from '../../lib/core/units.ts';
import type { TextColumn } from '../text-table.ts';

const WORDS: Readonly<Record<Finding['kind'], string>> = {
  damage: 'records in damaged or missing blocks or files',
  unsaid: 'records lost without a mark where',
  hole: 'numbers of a subscription missing',
  book: 'books unlike the one the exchange sent whole',
  negative: 'changes that would take a level below zero',
  turns: 'turns or ends that do not fit',
  garbled: 'records that cannot be understood',
  lost: 'records lost, marked in place',
  killed: 'last moments missing: its writer was killed',
  gap: 'spans in which nothing was heard, marked in place',
  malformed: 'frames that made no sense, kept as they came',
  unknown: 'frames of a type that is new to this kmm',
  unfounded: 'changes of markets whose book never came',
  emptied: 'books that were emptied at once, as at a close',
  clock: 'times the clock went back',
  writing: 'it is being written; what comes after this look is not judged',
};

/** A line a tape, then a line a finding. */
export function verifyLines(report: TapeReport, signs: Glyphs, zone: Zone): readonly string[] {
  const { tape, verdict, records, frames, markets, findings } = report;
  const isWell = verdict === 'whole' || verdict === 'remark';
  const word = { whole: 'whole', remark: 'whole', marked: 'NOT WHOLE, and it says so', broken: 'NOT WHOLE' }[verdict];
  return [
    `${isWell ? signs.tick : signs.cross} ${tape}: ${word}; ${records} records, ${frames} frames, ${markets} markets`,
    ...findings.map(({ kind, count, at, first }) => {
      const number = kind === 'killed' || kind === 'writing' ? '' : `${count} `;
      return `  ${number}${WORDS[kind]}; first ${momentText(at, signs, zone)}: ${first}`;
    }),
  ];
}

function momentText(at: EpochMs | undefined, signs: Glyphs, zone: Zone): string {
  return at === undefined || at === 0 ? signs.dash : dateTimeText(at, zone);
}

export function verifyRecord({ firstAt, lastAt, findings, ...report }: TapeReport) {
  return {
    ...report,
    ...{ firstAt: isoOf(firstAt), lastAt: isoOf(lastAt) },
    findings: findings.map((finding) => ({ ...finding, at: isoOf(finding.at) })),
  };
}

export function isoOf(at: EpochMs | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}

export function tapeColumns(signs: Glyphs, zone: Zone): readonly TextColumn<ListedTape>[] {
  const right = { align: 'right' } as const;
  const marketsText = ({ markets }: TapeRow) => (markets === null ? signs.dash : String(markets.length));
  const from = ({ firstAt }: TapeRow) => momentText(firstAt, signs, zone);
  const to = ({ lastAt }: TapeRow) => momentText(lastAt, signs, zone);
  return [
    { title: 'TAPE', align: 'left', leaves: 0, shrinks: { good: 24, least: 12 }, cell: ({ name }) => name },
    { title: 'STATE', align: 'left', leaves: 0, cell: ({ state }) => state },
    { title: 'FROM', align: 'left', leaves: 3, cell: from },
    { title: 'TO', align: 'left', leaves: 2, cell: to },
    { title: 'MARKETS', ...right, leaves: 5, cell: marketsText },
    { title: 'FRAMES', ...right, leaves: 1, cell: ({ frames }) => String(frames) },
    { title: 'LOST', ...right, leaves: 4, cell: ({ lost }) => String(lost) },
    { title: 'FILES', ...right, leaves: 6, cell: ({ files }) => String(files) },
    { title: 'ARCHIVED', ...right, leaves: 7, cell: ({ archived }) => String(archived ?? signs.dash) },
    { title: 'SIZE', ...right, leaves: 0, cell: ({ bytes }) => bytesText(bytes) },
  ];
}

export function tapeRecord<Row extends TapeRow>({ pid, firstAt, lastAt, ...row }: Row) {
  return { ...row, pid: pid ?? null, firstAt: isoOf(firstAt), lastAt: isoOf(lastAt) };
}

export function infoLines(info: TapeInfo, signs: Glyphs, zone: Zone): readonly string[] {
  const { row, header, kinds, blocks, markets, gaps } = info;
  const records = Object.values(kinds).reduce((sum: number, count) => sum + count, 0);
  return [
    `tape     ${row.path}${row.files > 1 ? ` and ${row.files - 1} more files` : ''}, ${row.state}, ${bytesText(row.bytes)}`,
    `made by  ${header.source === 'session' ? `session ${header.session ?? signs.dash}` : (header.files?.join(', ') ?? 'kmm record')} of kmm ${header.version}${header.env === undefined ? '' : `, ${header.env}`}`,
    `span     ${momentText(row.firstAt, signs, zone)} ${signs.dash} ${momentText(row.lastAt, signs, zone)}`,
    `asks     ${header.yesPrice ? 'as YES prices' : 'as NO prices'}${header.isPartial === true ? '; one market of a shared subscription' : ''}`,
    `records  ${records} in ${blocks} blocks: ${Object.entries(kinds)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(', ')}`,
    `lost     ${row.lost === 0 ? 'nothing' : `${row.lost} records`}`,
    ...gaps.map(
      ({ from, to, reason }) =>
        `gap      ${momentText(from, signs, zone)}, ${((to - from) / 1_000).toFixed(1)} s: ${reason}`,
    ),
    ...markets.map(
      ({ ticker, snapshots, deltas, trades }) =>
        `market   ${ticker}: ${snapshots} books, ${deltas} changes, ${trades} trades`,
    ),
  ];
}

/** What would go, the oldest first, and what stays for a reason. */
export function pruneLines({ gone, kept, bytes }: PrunePlan, zone: Zone, signs: Glyphs): readonly string[] {
  return [
    ...gone.map(
      ({ path, bytes: size, lastAt }) => `goes   ${path}, ${bytesText(size)}, up to ${momentText(lastAt, signs, zone)}`,
    ),
    ...kept.map(({ path, why }) => `stays  ${path}: ${why}`),
    `${gone.length} files, ${bytesText(bytes)} would go`,
  ];
}
