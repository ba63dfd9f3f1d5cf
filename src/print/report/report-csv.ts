/** A report as CSV: a line a figure, so that reports of many days can be laid on top of each other. */
import type { CsvCell } from '../../lib/app/report/csv.ts';
import { type DocumentTable, type Figure, type ReportDocument, visible } from './report-document.ts';

const HEAD = ['report', 'period', 'section', 'item', 'measure', 'value', 'unit'] as const;

/** What must be read first comes first; what is not known has an empty value. */
export function reportRows({
  name,
  period,
  warnings,
  lead,
  sections,
}: ReportDocument): readonly (readonly CsvCell[])[] {
  const row = (section: string, ...rest: readonly CsvCell[]) => [name, period, section, ...rest];
  const figures = (section: string, some: readonly Figure[]) =>
    some.map(({ name: measure, value, unit }) => row(section, '', measure, value.exact, unit));
  return [
    HEAD,
    ...warnings.map((warning) => row('warning', '', 'warning', visible(warning), '')),
    ...figures('lead', lead),
    ...sections.flatMap(({ id, figures: some = [], tables = [] }) => [
      ...figures(id, some),
      ...tables.flatMap(({ columns, rows }) =>
        rows.flatMap(([item, ...cells]) =>
          cells.map((cell, index) => {
            const { measure = '', unit = '' } = columns[index + 1] ?? {};
            return row(id, item?.exact ?? '', measure, cell.exact, unit);
          }),
        ),
      ),
    ]),
  ];
}

/** A table as it stands: a line a row. */
export function tableRows({ columns, rows }: DocumentTable): readonly (readonly CsvCell[])[] {
  return [columns.map(({ measure }) => measure), ...rows.map((cells) => cells.map(({ exact }) => exact))];
}
