/**
 * What a sweep is described with (docs/sweeps.md): every key of its TOML file, with unit and range. Values of swept keys are
 * not checked here but by the schema of the configuration, because they are values of its keys.
 */
import { z } from 'zod';
import { FILL_MODES } from '../../core/backtest/job.ts';
import { OBJECTIVES } from '../../core/sweep/rank.ts';
import { choice } from '../config/config-leaves.ts';

export const SPEC_SCHEMA_NAME = 'kmm-sweep/1';
export const STRATEGIES = ['as', 'cara', 'regime'] as const;

const whole = (what: string, min: number, max: number) =>
  z.int({ error: `must be a whole number of ${what}, ${min} to ${max}` }).check((context) => {
    if (context.value >= min && context.value <= max) return;
    const message = `must be a whole number of ${what}, ${min} to ${max}`;
    context.issues.push({ code: 'custom', input: context.value, message });
  });

/** One, or a list of different ones. */
const oneOrMore = <Item extends z.ZodType>(item: Item, what: string) =>
  z.union([item, z.array(item).nonempty()], { error: `must be ${what}, or a list of them` }).transform((value) => {
    const list: readonly z.output<Item>[] = Array.isArray(value) ? value : [value as z.output<Item>];
    return [...new Set(list)] as readonly z.output<Item>[];
  });

const text = (expected: string) => z.string({ error: expected }).min(1, { error: expected });
const path = () => text('must be the path of a file');

const latency = () =>
  z.union([whole('milliseconds', 0, 60_000), z.string().min(1)], {
    error: 'must be milliseconds, 0 to 60000, or what --latency takes',
  });

/** A list of values to try, or a range of them. */
export const rangeSchema = z.strictObject({
  from: z.number({ error: 'must be a number' }),
  to: z.number({ error: 'must be a number' }),
  steps: whole('values', 2, 10_000).optional(),
  scale: choice(['linear', 'log']).default('linear'),
  decimals: whole('decimals', 0, 12).optional(),
});
export type Range = z.output<typeof rangeSchema>;

export const specSchema = z.strictObject({
  schema: z.literal(SPEC_SCHEMA_NAME, { error: `must be "${SPEC_SCHEMA_NAME}"` }),
  name: z
    .string({ error: 'must be a name in lower case, such as as-gamma' })
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, { error: 'must be a name in lower case, such as as-gamma' }),
  /** Each entry is one recording; those of an inner list belong together and are joined in time. */
  data: z
    .array(z.union([path(), z.array(path()).nonempty()]), { error: 'must be a list of recordings, each with its path' })
    .nonempty({ error: 'must name at least one recording' }),
  outcomes: path().optional(),
  references: z.array(z.strictObject({ file: path(), index: text('must be the name of an index') })).default([]),
  markets: z.array(text('must be a ticker, or the beginning of one')).default([]),
  prints: choice(['auto', 'recorded', 'inferred', 'none']).default('auto'),
  strategy: oneOrMore(choice(STRATEGIES), `one of ${STRATEGIES.join(', ')}`),
  fill: oneOrMore(choice(FILL_MODES), `one of ${FILL_MODES.join(', ')}`).default(['pessimistic']),
  latency: oneOrMore(latency(), 'milliseconds, 0 to 60000, or what --latency takes').optional(),
  seeds: z
    .array(whole('a seed', 0, 2 ** 32 - 1))
    .nonempty({ error: 'must have at least one seed' })
    .default([1]),
  turn_milliseconds: whole('milliseconds', 1, 60_000).optional(),
  cash_dollars: whole('dollars', 1, 1_000_000).optional(),
  objective: choice(OBJECTIVES).default('net_low'),
  search: z
    .discriminatedUnion(
      'kind',
      [
        z.strictObject({ kind: z.literal('grid') }),
        z.strictObject({
          kind: z.literal('random'),
          points: whole('points', 1, 100_000),
          seed: whole('a seed', 0, 2 ** 32 - 1),
        }),
      ],
      { error: 'must be { kind = "grid" } or { kind = "random", points = N, seed = N }' },
    )
    .default({ kind: 'grid' }),
  walk_forward: z
    .strictObject({
      by: choice(['event', 'time']).default('event'),
      folds: whole('tests', 1, 100),
      train: choice(['all', 'last']).default('all'),
    })
    .optional(),
  /** Keys of the configuration: a value, a list, or { from, to, steps, scale, decimals }. */
  parameters: z.record(z.string(), z.unknown()).default({}),
});

export type SpecValues = z.output<typeof specSchema>;
