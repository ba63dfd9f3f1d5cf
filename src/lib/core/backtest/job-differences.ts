/** In what two jobs differ, key by key: what a difference of their results is put down to. */
import type { BacktestResult, DataFile } from './result.ts';

export interface JobDifference {
  /** Of the job, with dots; `code` and `data ROLE` besides. */
  readonly key: string;
  /** As JSON has them; null: that run has none. */
  readonly a: string | null;
  readonly b: string | null;
}

type Of = Pick<BacktestResult, 'job' | 'code' | 'data'>;

/** In the order of A's keys, then what B alone has. Where files lie is no difference; their bytes are. */
export function jobDifferences(a: Of, b: Of): readonly JobDifference[] {
  const [inA, inB] = [leavesOf(a), leavesOf(b)];
  return [...new Set([...inA.keys(), ...inB.keys()])].flatMap((key) => {
    const [one, other] = [inA.get(key) ?? null, inB.get(key) ?? null];
    return one === other ? [] : [{ key, a: one, b: other }];
  });
}

function leavesOf({ job, code, data }: Of): ReadonlyMap<string, string> {
  const { data: sources, ...rest } = job;
  const { files: _, outcomes: __, references, ...chosen } = sources;
  const leaves = new Map<string, string>([['code', code]]);
  addLeaves({ ...rest, data: { ...chosen, references: references.map(({ index }) => index) } }, '', leaves);
  for (const role of ['data', 'outcomes', 'reference'] as const) {
    const bytes = bytesOf(data, role);
    if (bytes !== '') leaves.set(`bytes of ${role}`, bytes);
  }
  return leaves;
}

function bytesOf(data: readonly DataFile[], role: DataFile['role']): string {
  return data
    .filter((file) => file.role === role)
    .map(({ sha256 }) => sha256.slice(0, DIGITS))
    .sort()
    .join(' ');
}

const DIGITS = 12;

function addLeaves(value: object, above: string, leaves: Map<string, string>): void {
  for (const [name, one] of Object.entries(value)) {
    if (one === undefined) continue;
    const key = above + name;
    if (typeof one === 'object' && one !== null && !Array.isArray(one)) addLeaves(one, `${key}.`, leaves);
    else leaves.set(key, typeof one === 'string' ? one : JSON.stringify(one));
  }
}
