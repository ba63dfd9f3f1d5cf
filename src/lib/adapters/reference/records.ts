/** The rows of a CSV by the names of its columns: plain fields, or in double quotes. Refuses a document without those that are needed. */
import { SourceProblem } from '../../core/reference/source-problem.ts';

export type CsvRow = Readonly<Record<string, string>>;

/** Throws SourceProblem (`source_not_csv`). Names are compared in lower case. */
export function csvRows(text: string, needed: readonly string[]): readonly CsvRow[] {
  refuseHtml(text);
  const [head = '', ...lines] = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const names = cells(head).map((name) => name.toLowerCase());
  const missing = needed.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new SourceProblem('source_not_csv', `it has no column ${missing.join(', ')}`);
  return lines
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const values = cells(line);
      return Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
    });
}

/** A page for people, where a document for programs is due: a login, a notice, an error. Throws SourceProblem. */
function refuseHtml(text: string): void {
  if (/^\s*<(?:!doctype|html|head|body|\?xml)/i.test(text)) {
    throw new SourceProblem('source_html', 'it answers a page for people (HTML), not the document that is due');
  }
}

/** Throws SourceProblem where it is no JSON. */
export function jsonOf(text: string): unknown {
  refuseHtml(text);
  try {
    return JSON.parse(text);
  } catch {
    throw new SourceProblem('source_not_json', 'what it answers is no JSON');
  }
}

function cells(line: string): readonly string[] {
  const found: string[] = [];
  for (const [, quoted, plain = ''] of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    found.push((quoted?.replaceAll('""', '"') ?? plain).trim());
  }
  return found;
}
