/** What the exchange says of the account's keys: `GET /api_keys` (kalshi/api.md 2). */
import * as z from 'zod';
import type { EpochMs } from '../../core/units.ts';
import { epochMs } from '../../core/units.ts';
import type { Wire } from '../../ports.ts';
import { REST_ROOT } from './environments.ts';
import { maybe, name, title } from './fields.ts';
import { present } from './present.ts';
import { ask } from './rest-call.ts';
import type { Result } from './result.ts';

export interface ApiKey {
  readonly keyId: string;
  readonly name: string;
  /** In the exchange's words: `read`, `write::trade`, … */
  readonly scopes: readonly string[];
  /** Absent: the key acts on every subaccount. */
  readonly subaccount?: number;
}
export interface ApiKeys {
  readonly keys: readonly ApiKey[];
  /** When the location attestation ends or ended; absent when the account never gave one. */
  readonly attestedUntil?: EpochMs;
}

export async function readApiKeys(wire: Wire): Promise<Result<ApiKeys>> {
  return ask(wire, { method: 'GET', path: `${REST_ROOT}/api_keys` }, keysSchema);
}

const keySchema = z
  .object({
    api_key_id: name,
    name: title,
    scopes: z.array(z.string().max(64)),
    subaccount: maybe(z.int().min(0).max(63)),
  })
  .transform((raw): ApiKey => {
    const { api_key_id: keyId, name, scopes, subaccount } = raw;
    return present({ keyId, name, scopes, subaccount });
  });

const keysSchema = z
  .object({ api_keys: z.array(keySchema), api_key_region_expiration_ts: maybe(z.int().positive()) })
  .transform((raw): ApiKeys => {
    const seconds = raw.api_key_region_expiration_ts;
    return present({ keys: raw.api_keys, attestedUntil: seconds === undefined ? undefined : epochMs(seconds * 1_000) });
  });
