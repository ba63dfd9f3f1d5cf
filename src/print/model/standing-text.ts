/** How far models are believed, a line each: the word, since when, on how much, and where less than the usual size is shown. */
import { dateTimeText, isoText, type Zone } from '../../format.ts';
import type { StandingBin } from '../../lib/core/honesty/standing.ts';
import type { ToldModel, Verdict } from '../../lib/core/honesty/verdict.ts';
import { type TextLayout, textTable } from '../text-table.ts';

const WORDS: Readonly<Record<Verdict, string>> = {
  ...{ untold: 'no verdict yet', believed: 'believed', clamped: 'clamped', benched: 'benched' },
};

export function standingLines(models: readonly ToldModel[], layout: TextLayout, zone: Zone): readonly string[] {
  if (models.length === 0) return [];
  const right = { align: 'right' } as const;
  const { dash } = layout.signs;
  return textTable(
    [
      { title: 'MODEL', align: 'left', leaves: 0, cell: ({ standing }) => standing.model },
      { title: 'SERIES', align: 'left', leaves: 0, cell: ({ standing }) => standing.series },
      { title: 'STANDING', align: 'left', leaves: 0, cell: ({ verdict }) => WORDS[verdict] },
      {
        ...{ title: 'SINCE', align: 'left', leaves: 1 },
        cell: ({ since }) => (since === null ? dash : dateTimeText(since, zone)),
      },
      { title: 'EVENTS', ...right, leaves: 3, cell: ({ standing }) => String(standing.events) },
      { title: 'DECISIONS', ...right, leaves: 2, cell: ({ decisions }) => String(decisions) },
      { title: 'FILLS', ...right, leaves: 5, cell: ({ fills }) => String(fills) },
      { title: 'WHY', align: 'left', leaves: 4, shrinks: { good: 40, least: 12 }, cell: whyText },
    ],
    models,
    layout,
  );
}

/** With every bin in which less than the usual size is shown. */
export function standingSheet(model: ToldModel, zone: Zone): readonly string[] {
  const { standing, verdict, since, decisions, fills } = model;
  const { model: name, series, events, benched, bins } = standing;
  const from = since === null ? '' : ` since ${dateTimeText(since, zone)}`;
  const counts = `${events} events, ${decisions} decisions, ${fills} fills`;
  return [
    `${name} in ${series}: ${WORDS[verdict]}${from} (${counts})`,
    ...(benched === null ? [] : [`  ${benched}`]),
    ...bins.flatMap((bin) => (isCut(bin) ? [`  ${shareText(bin)}: ${bin.why}`] : [])),
  ];
}

export function standingRecord({ standing, brier, errorByChance, verdict, since, decisions, fills }: ToldModel) {
  const { model, series, events, drift, calibrationError, benched, bins } = standing;
  return {
    ...{ model, series, verdict, since: since === null ? null : isoText(since), events, decisions, fills },
    ...{ drift, calibrationError, errorByChance, brier, benched, bins },
  };
}

function whyText({ standing: { benched, bins } }: ToldModel): string {
  return benched ?? bins.filter(isCut).map(shareText).join(', ');
}

function isCut({ why }: StandingBin): boolean {
  return why !== null;
}

/** `20 % of the size at 50 to 60 %`, `off at 0 to 10 %`. */
function shareText({ from, to, sizePermille, isOff }: StandingBin): string {
  const where = `at ${Math.round(from * 100)} to ${Math.round(to * 100)} %`;
  return isOff ? `off ${where}` : `${sizePermille / 10} % of the size ${where}`;
}
