/** Sources of forecasts, a few lines each: where they are, what they say now, how the running trader heard them. */

import { ageText, dateTimeText, type Glyphs, type Zone } from '../../format.ts';
import type { SourceSettings, TextPlace } from '../../lib/app/config/sources.ts';
import type { ListedSource } from '../../lib/app/sources/list-sources.ts';
import type { Says } from '../../lib/core/events.ts';
import { plainFigure } from '../../lib/core/plain-figure.ts';
import type { EpochMs } from '../../lib/core/units.ts';

/** More than so many things of one source fill a screen. */
const SHOWN_MAX = 20;

export interface SourceStyle {
  readonly signs: Glyphs;
  readonly zone: Zone;
}

export function sourceLines(source: ListedSource, now: EpochMs, { signs, zone }: SourceStyle): readonly string[] {
  const { settings, forecasts, heard } = source;
  const { name, refreshMs, about } = settings;
  const scope = about === undefined ? '' : `, about ${about.join(', ')} alone`;
  const more = forecasts.length - SHOWN_MAX;
  return [
    `${name}  ${placeOf(settings)}, every ${refreshMs / 1_000} s${scope}`,
    `  now     ${nowText(source, signs)}`,
    ...(heard === undefined ? [] : [`  trader  ${heardText(heard, now, signs)}`]),
    ...forecasts.slice(0, SHOWN_MAX).map(({ about: of, says, madeAt, validUntil, over }) => {
      const until = validUntil === undefined ? '' : `, until ${dateTimeText(validUntil, zone)}`;
      const age = says.kind === 'refused' ? '' : `, data ${ageText(Math.max(0, now - madeAt))} old`;
      const wrong = over === undefined ? '' : `; ${signs.cross} ${over.reason} (${over.code})`;
      return `    ${of}  ${saysText(says, signs)}${age}${until}${wrong}`;
    }),
    ...(more > 0 ? [`    and ${more} more: --json`] : []),
  ];
}

/** A tick is for what can be priced with: not for what is too old or over. */
function nowText({ settings, forecasts, problem }: ListedSource, signs: Glyphs): string {
  if (problem !== undefined) return `${signs.cross} ${problem.reason} (${problem.code})`;
  if (settings.kind === 'onnx') return `${signs.tick} it fits its manifest`;
  const over = forecasts.flatMap((forecast) => forecast.over ?? []);
  const [first] = over;
  if (first === undefined) return `${signs.tick} ${counted(forecasts.length)}`;
  const some = over.length === forecasts.length ? '' : `, ${over.length} of them`;
  return `${signs.cross} ${counted(forecasts.length)}${some} not to be priced with: ${first.reason} (${first.code})`;
}

export function placeOf(settings: SourceSettings): string {
  switch (settings.kind) {
    case 'file':
      return `file ${settings.path}`;
    case 'http':
      return `http ${addressOf(settings.url)}`;
    case 'onnx':
      return `onnx ${settings.modelFile} by ${settings.manifestFile}`;
    case 'tsa':
      return `tsa ${settings.texts.map(textPlace).join(', ')}`;
    case 'weather': {
      const { history, forecast, observations } = settings;
      const places = [history, forecast, observations].flatMap((place) => place ?? []);
      return `weather ${places.map(textPlace).join(', ')}`;
    }
    case 'cpi':
      return `cpi ${[settings.charts, settings.bls]
        .flatMap((place) => place ?? [])
        .map(textPlace)
        .join(', ')}`;
    default:
      return settings satisfies never;
  }
}

function heardText(heard: NonNullable<ListedSource['heard']>, now: EpochMs, signs: Glyphs): string {
  const { readAt, forecasts, refused, problem } = heard;
  const when = readAt === undefined ? 'has not heard it yet' : `heard it ${ageText(Math.max(0, now - readAt))} ago`;
  const refusing = refused === 0 ? '' : `, ${refused} refused`;
  const wrong = problem === undefined ? '' : `; ${signs.cross} ${problem.reason} (${problem.code})`;
  return `${when}: ${counted(forecasts)}${refusing}${wrong}`;
}

function counted(count: number): string {
  return count === 1 ? '1 forecast' : `${count} forecasts`;
}

function saysText(says: Says, signs: Glyphs): string {
  switch (says.kind) {
    case 'probability':
      return `${figure(100 * says.probability)} ${signs.plusMinus}${figure(100 * says.standardError)} ${signs.cent}`;
    case 'normal':
      return `normal ${figure(says.mean)}, sd ${figure(says.sd)}, doubt ${figure(says.doubt)}`;
    case 'points':
      return `${says.points.length} points, mean ${figure(says.points.reduce((sum, [value, part]) => sum + value * part, 0))}`;
    case 'refused':
      return `refused: ${says.reason}`;
    default:
      return says satisfies never;
  }
}

function figure(value: number): string {
  return plainFigure(value, 4);
}

function textPlace(place: TextPlace): string {
  return place.kind === 'file' ? place.path : addressOf(place.url);
}

/** What follows a ? may be for the server alone. */
function addressOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
