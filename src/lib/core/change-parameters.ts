/** The parameters of an engine that runs: its own copy, changed in place by events, for all parts of it that hold it. */
import { interned } from './interned.ts';
import type { Parameters } from './parameters.ts';

export function ownParameters(parameters: Parameters): Parameters {
  return copyOf(parameters);
}

/**
 * Makes `parameters` equal to `wanted`, down to the last value: whoever holds them, or a table of them, goes by the new ones
 * from now on. Lists are replaced.
 */
export function changeParameters(parameters: Parameters, wanted: Parameters): void {
  becomes(parameters as unknown as Table, wanted as unknown as Table);
}

type Table = Record<string, unknown>;

function becomes(table: Table, wanted: Table): void {
  for (const name of Object.keys(table)) if (!(name in wanted)) delete table[name];
  for (const [name, value] of Object.entries(wanted)) {
    const present = table[name];
    if (isTable(present) && isTable(value)) becomes(present, value);
    else table[name] = copyOf(value);
  }
}

/** Down to the last value. */
function copyOf<Value>(value: Value): Value;
function copyOf(value: unknown): unknown {
  if (typeof value === 'string') return interned(value);
  if (Array.isArray(value)) return value.map(copyOf);
  return isTable(value) ? Object.fromEntries(Object.entries(value).map(([name, of]) => [name, copyOf(of)])) : value;
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
