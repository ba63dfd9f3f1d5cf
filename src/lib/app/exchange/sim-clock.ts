/** Asks an embedded exchange what time it is there and how fast it runs: its time is its own, not the wall's. */
import * as z from 'zod';
import { REST_ROOT } from '../../adapters/kalshi/environments.ts';
import { gotWire } from '../../adapters/kalshi/wire.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import { KmmError } from '../errors/errors.ts';
import { ONLY_LOOKED } from './unreachable.ts';

const answerSchema = z.object({ now_ms: z.int().positive(), speed: z.number().positive() });

/** Throws KMM_UNREACHABLE. */
export async function readSimClock(rest: string): Promise<{ readonly nowMs: EpochMs; readonly speed: number }> {
  const wire = gotWire({ baseUrl: rest, environment: 'sim', timestampMs: Date.now, wallNow: Date.now });
  try {
    const reply = await wire.request({ method: 'GET', path: `${REST_ROOT}/sim/clock` });
    if (reply.kind === 'failure') throw notThere(`nothing answers at ${rest}: ${reply.reason}`);
    const answer = answerSchema.safeParse(JSON.parse(reply.body));
    if (!answer.success) throw notThere(`${rest} is no embedded exchange`);
    return { nowMs: epochMs(answer.data.now_ms), speed: answer.data.speed };
  } catch (error) {
    if (error instanceof SyntaxError) throw notThere(`${rest} is no embedded exchange`);
    throw error;
  } finally {
    wire.close();
  }
}

/** The clock is asked for first: nothing has been sent by then. */
function notThere(what: string): KmmError {
  return new KmmError('KMM_UNREACHABLE', what, ONLY_LOOKED);
}
