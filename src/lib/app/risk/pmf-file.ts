/**
 * What is thought of events' outcomes, from a file of JSON: a chance for each market to end YES, `none` for none of them, and how
 * events move together. Where a model of kmm's own says it, nobody need write one.
 *
 *     {"schema": "kmm-pmf/1", "correlation": 0.3,
 *      "events": {"KXHIGHNY-26NOV20": {"markets": {"KXHIGHNY-26NOV20-B48.5": 0.2, "KXHIGHNY-26NOV20-T50": 0.7}, "none": 0.1}}}
 */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { PortfolioPmf } from '../../core/risk/risk-stress.ts';
import { KmmError } from '../errors/errors.ts';

const chance = z.number().min(0).max(1);

const pmfFile = z.strictObject({
  schema: z.literal('kmm-pmf/1'),
  correlation: z.number().min(-1).max(1).default(0),
  events: z.record(z.string(), z.strictObject({ markets: z.record(z.string(), chance), none: chance.default(0) })),
});

/** Far above what a portfolio needs; a wrong file is not read into memory whole. */
const BYTES_MAX = 4 * 1_024 * 1_024;

/** Throws KMM_USAGE. */
export function readPmf(path: string): PortfolioPmf {
  const parsed = pmfFile.safeParse(jsonOf(path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw usage(path, `${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'not understood'}`);
  }
  const { correlation, events } = parsed.data;
  return {
    correlation,
    events: new Map(
      Object.entries(events).map(([event, { markets, none }]) => [
        event,
        { chances: new Map(Object.entries(markets)), none },
      ]),
    ),
  };
}

function jsonOf(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw usage(path, error instanceof Error ? error.message : String(error));
  }
  if (text.length > BYTES_MAX) throw usage(path, `longer than ${BYTES_MAX} characters`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw usage(path, `no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function usage(path: string, what: string): KmmError {
  return new KmmError('KMM_USAGE', `${path} is no file of chances: ${what}`, { next: ['kmm risk stress --help'] });
}
