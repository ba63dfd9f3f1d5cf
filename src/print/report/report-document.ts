/**
 * A report before it is Markdown, HTML or CSV: headed sections of figures, tables and charts. It is made once from the
 * report's numbers, so that no format can say what another does not. A cell has a text for people and the exact value.
 */
import { contractsText, dollarsText, type Glyphs, glyphs, priceText } from '../../format.ts';
import type { Chart } from '../../lib/app/report/charts.ts';
import {
  type Centicents,
  type Centicontracts,
  formatMoney,
  formatPrice,
  formatSize,
  type Microdollars,
} from '../../lib/core/units.ts';

export interface DocumentCell {
  readonly text: string;
  /** As CSV has it; null: not known. */
  readonly exact: string | number | null;
}

export interface Figure {
  readonly name: string;
  readonly value: DocumentCell;
  readonly unit: string;
  /** For people: what the figure is, where its name does not say it. */
  readonly note?: string;
}

export interface DocumentColumn {
  readonly title: string;
  /** In CSV: the measure's name, and its unit. The first column names the row. */
  readonly measure: string;
  readonly unit: string;
  readonly isText?: boolean;
  /** Sentences, which may be broken into lines. */
  readonly isLong?: boolean;
  /** On a terminal that is too narrow columns leave from the highest number down; absent: it stays. */
  readonly leaves?: number;
}

export interface DocumentTable {
  readonly columns: readonly DocumentColumn[];
  readonly rows: readonly (readonly DocumentCell[])[];
  /** Said where there is no row. */
  readonly nothing: string;
}

export interface Section {
  readonly id: string;
  readonly title: string;
  /** Whole sentences, before everything else. */
  readonly notes?: readonly string[];
  /** Sentences one after another, numbered. */
  readonly steps?: readonly string[];
  readonly figures?: readonly Figure[];
  readonly tables?: readonly DocumentTable[];
  readonly charts?: readonly Chart[];
}

export interface ReportDocument {
  /** daily, weekly, tax, …: the name in files and CSV. */
  readonly name: string;
  /** 2026-11-20, 2026-W47, 2026. */
  readonly period: string;
  readonly title: string;
  readonly subtitle: string;
  /** What must be read before any number: nothing of it is left out in any format. */
  readonly warnings: readonly string[];
  /** The few figures that are looked at first. */
  readonly lead: readonly Figure[];
  readonly sections: readonly Section[];
}

/** Reports are files: the same signs whatever the terminal. */
export const SIGNS: Glyphs = glyphs(false);
export const NOT_KNOWN: DocumentCell = { text: SIGNS.dash, exact: null };

export function money(value: Microdollars | null | undefined): DocumentCell {
  return value == null ? NOT_KNOWN : { text: dollarsText(value), exact: formatMoney(value) };
}

/** Money that has no direction, such as a fee or a limit. */
export function amount(value: Microdollars | null | undefined): DocumentCell {
  return value == null ? NOT_KNOWN : { text: dollarsText(value).replace(/^\+/, ''), exact: formatMoney(value) };
}

/** A price of YES; half centicents of a doubled mid are not prices: see `text`. */
export function price(value: Centicents | null | undefined): DocumentCell {
  return value == null ? NOT_KNOWN : { text: priceText(value, SIGNS), exact: formatPrice(value) };
}

export function size(value: Centicontracts | null | undefined): DocumentCell {
  return value == null ? NOT_KNOWN : { text: contractsText(value, SIGNS), exact: formatSize(value) };
}

export function count(value: number | null | undefined): DocumentCell {
  return value == null ? NOT_KNOWN : { text: value.toLocaleString('en-US'), exact: value };
}

/** A number that was estimated, with so many decimals; CSV has six. */
export function real(value: number | null | undefined, decimals: number): DocumentCell {
  if (value == null || !Number.isFinite(value)) return NOT_KNOWN;
  return { text: value.toFixed(decimals).replace(/^-(?=0(?:\.0*)?$)/, ''), exact: plain(value) };
}

/** A share as "98.3 %"; CSV has it in [0, 1]. */
export function share(value: number | null | undefined): DocumentCell {
  if (value == null || !Number.isFinite(value)) return NOT_KNOWN;
  return { text: `${(value * 100).toFixed(1)} %`, exact: plain(value) };
}

export function text(value: string | null | undefined, exact: string | null = value ?? null): DocumentCell {
  return value == null ? NOT_KNOWN : { text: visible(value), exact: exact === null ? null : visible(exact) };
}

/** One line of what can be seen: no controls, no sign that turns or hides others (reliability.md S14). */
export function visible(value: string): string {
  return value
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Co}\p{Cn}\p{Cs}]/gu, '')
    .trim();
}

/** 1 fee, 2 fees. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
}

/** Never an exponent, never a negative zero: −0 and 1e-7 are no decimals. */
function plain(value: number): string {
  const digits = value.toFixed(6).replace(/\.?0+$/, '');
  return digits === '-0' ? '0' : digits;
}
