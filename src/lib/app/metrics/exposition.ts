/** The text format of Prometheus, version 0.0.4: what is known goes out under its name, help and type. */
import type { Buckets } from './buckets.ts';
import { METRICS, type MetricName } from './names.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly name: MetricName;
  readonly labels?: Labels;
  /** What is not finite is not known, and left out. A histogram has buckets. */
  readonly value: number | Buckets;
}

/** Families in the order of the catalogue, as the format wants them together. */
export function expositionOf(samples: readonly Sample[]): string {
  const families = new Map<MetricName, string[]>();
  for (const sample of samples) {
    const lines = linesOf(sample);
    if (lines.length === 0) continue;
    const known = families.get(sample.name);
    if (known === undefined) families.set(sample.name, lines);
    else known.push(...lines);
  }
  const named = Object.entries(METRICS).flatMap(([name, { help, kind }]) => {
    const lines = families.get(name as MetricName);
    return lines === undefined ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} ${kind}`, ...lines];
  });
  return named.map((line) => `${line}\n`).join('');
}

function linesOf({ name, labels = {}, value }: Sample): string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [`${name}${labelsText(labels)} ${value}`] : [];
  const upTo = [...value.cumulative(), ['+Inf', value.count] as const];
  return [
    ...upTo.map(([bound, count]) => `${name}_bucket${labelsText({ ...labels, le: String(bound) })} ${count}`),
    `${name}_sum${labelsText(labels)} ${value.sum}`,
    `${name}_count${labelsText(labels)} ${value.count}`,
  ];
}

function labelsText(labels: Labels): string {
  const texts = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return texts.length === 0 ? '' : `{${texts.join(',')}}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
