/** The settings of a sweep: every combination of the values, or so many draws from them. The same spec, the same settings. */
import { type RandomStream, seededStream } from '../../sim/random.ts';
import { KmmError } from '../errors/errors.ts';
import type { Spec, SweptKey, SweptValue } from './read-spec.ts';
import { type Range, STRATEGIES } from './spec-schema.ts';

/** One setting: a strategy, and a value for each swept key. */
export interface Setting {
  readonly strategy: string;
  readonly parameters: Readonly<Record<string, SweptValue>>;
}

/** A grid is bounded before it is built. */
export const SETTINGS_MAX = 100_000;
/** Six digits are more than any parameter deserves, and 0.30000000000000004 is a name for nothing. */
const DIGITS = 6;
/** Draws that are all known already: the values are used up. */
const REPEATS_MAX = 1_000;

/**
 * In the order of the spec, no two alike: keys of another strategy's quoter change nothing, and what differs in them alone is
 * one setting, tried once and counted once. Throws KMM_SWEEP_SPEC.
 */
export function settingsOf(spec: Spec): readonly Setting[] {
  const { search } = spec;
  const settings = search.kind === 'grid' ? gridOf(spec).map(relevant) : drawsOf(spec, search.points, search.seed);
  return [...new Map(settings.map((setting) => [JSON.stringify(setting), setting])).values()];
}

function relevant({ strategy, parameters }: Setting): Setting {
  const kept = Object.entries(parameters).filter(([key]) => {
    const owner = STRATEGIES.find((name) => key.startsWith(`quoter.${name}.`));
    return owner === undefined || owner === strategy || SHARED_KEYS.includes(key);
  });
  return { strategy, parameters: Object.fromEntries(kept) };
}

/** Kept in one quoter's table and heeded by all: the edge rule and the watch over picked-off fills ask for it. */
const SHARED_KEYS: readonly string[] = ['quoter.cara.adverse_dollars'];

function gridOf(spec: Spec): readonly Setting[] {
  const axes = spec.swept.map((swept) => ({ key: swept.key, values: valuesOf(swept, spec) }));
  const count = axes.reduce((product, { values }) => product * values.length, spec.strategy.length);
  if (count > SETTINGS_MAX) {
    const what = `${spec.place(['parameters'])}the grid has ${count} settings, and ${SETTINGS_MAX} are the most`;
    throw new KmmError('KMM_SWEEP_SPEC', `${what}: take fewer steps, or search = { kind = "random", … }`);
  }
  let settings: readonly Setting[] = spec.strategy.map((strategy) => ({ strategy, parameters: {} }));
  for (const { key, values } of axes) {
    settings = settings.flatMap(({ strategy, parameters }) =>
      values.map((value) => ({ strategy, parameters: { ...parameters, [key]: value } })),
    );
  }
  return settings;
}

function drawsOf(spec: Spec, points: number, seed: number): readonly Setting[] {
  const root = seededStream(`sweep-${seed}`);
  const strategies = root.split('strategy');
  const streams = spec.swept.map(({ key }) => root.split(key));
  const found = new Map<string, Setting>();
  for (let repeats = 0; found.size < points && repeats < REPEATS_MAX; ) {
    const parameters = Object.fromEntries(
      spec.swept.map((swept, index) => [swept.key, drawn(swept, streams[index] as RandomStream)]),
    );
    const setting = relevant({ strategy: oneOf(spec.strategy, strategies), parameters });
    const name = JSON.stringify(setting);
    repeats = found.has(name) ? repeats + 1 : 0;
    found.set(name, setting);
  }
  return [...found.values()];
}

function valuesOf({ key, values }: SweptKey, spec: Spec): readonly SweptValue[] {
  if (!isRange(values)) return values;
  if (values.steps !== undefined) return stepsOf(values, values.steps);
  throw new KmmError(
    'KMM_SWEEP_SPEC',
    `${spec.place(['parameters', ...key.split('.')])}${key}: a range in a grid needs steps`,
  );
}

/** Both ends, and what lies evenly between them. */
function stepsOf(range: Range, steps: number): readonly number[] {
  return [...new Set(Array.from({ length: steps }, (_, index) => at(range, index / (steps - 1))))];
}

function drawn({ values }: SweptKey, stream: RandomStream): SweptValue {
  if (!isRange(values)) return oneOf(values, stream);
  return values.steps === undefined ? at(values, stream.next()) : oneOf(stepsOf(values, values.steps), stream);
}

/** The value at this part of the way from one end to the other. */
function at({ from, to, scale, decimals }: Range, part: number): number {
  const value = scale === 'log' ? from * (to / from) ** part : from + (to - from) * part;
  return Number(decimals === undefined ? value.toPrecision(DIGITS) : value.toFixed(decimals));
}

function oneOf<Item>(items: readonly Item[], stream: RandomStream): Item {
  return items[Math.floor(stream.next() * items.length)] as Item;
}

function isRange(values: SweptKey['values']): values is Range {
  return !Array.isArray(values);
}
