/** A report in the format that is asked for. HTML, which draws pictures, is loaded for that alone. */
import { csvText } from '../../lib/app/report/csv.ts';
import { reportRows } from './report-csv.ts';
import type { ReportDocument } from './report-document.ts';
import { reportMarkdown } from './report-markdown.ts';

export const REPORT_FORMATS = ['md', 'html', 'json', 'csv'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** The same report twice: what it says, and its object for `json`. */
export interface PrintedReport {
  readonly document: ReportDocument;
  readonly record: object;
  /** A table of its own in CSV, where a line a figure would be of no use. */
  readonly csv?: string;
}

export async function renderReport({ document, record, csv }: PrintedReport, format: ReportFormat): Promise<string> {
  switch (format) {
    case 'md':
      return reportMarkdown(document);
    case 'html': {
      const { reportHtml } = await import('./report-html.ts');
      return reportHtml(document);
    }
    case 'json':
      return `${JSON.stringify(record)}\n`;
    case 'csv':
      return csv ?? csvText(reportRows(document));
    default:
      return format satisfies never;
  }
}
