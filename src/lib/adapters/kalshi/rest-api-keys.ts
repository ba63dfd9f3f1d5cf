/**
 * The keys of the account. The exchange shows a key that it generated once, in the answer: give this room a wire that
 * records nothing. Better is `create`, with a key made here whose private half never travels.
 */
import * as z from 'zod';
import type { EpochMs } from '../../core/units.ts';
import type { Wire } from '../../ports.ts';
import { REST_ROOT } from './environments.ts';
import { maybe, name, stampSeconds, title } from './fields.ts';
import { HiddenText } from './hidden-text.ts';
import { present } from './present.ts';
import { ask, command, read, segment } from './rest-call.ts';
import type { Result } from './result.ts';

/** kalshi/api.md 2. Others may come; `write` is given together with `read` only. */
export type KeyScope =
  | 'read'
  | 'write'
  | 'read::portfolio_balance'
  | 'read::block_trade_accept'
  | 'write::trade'
  | 'write::transfer'
  | 'write::block_trade_accept';

export interface ApiKey {
  readonly keyId: string;
  readonly name: string;
  readonly scopes: readonly string[];
  /** The only subaccount that the key may act for. */
  readonly subaccount?: number;
}
export interface ApiKeys {
  readonly keys: readonly ApiKey[];
  /** After it no key may trade sports, elections and entertainment; absent: never attested. */
  readonly attestedUntil?: EpochMs;
}
export interface NewKey {
  readonly name: string;
  /** Absent: all. */
  readonly scopes?: readonly KeyScope[];
  /** 0…63. */
  readonly subaccount?: number;
}

export class KalshiApiKeys {
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  async list(): Promise<Result<ApiKeys>> {
    return read(this.#wire, '/api_keys', keysSchema);
  }

  /** Makes a public key known and gives the id it is known by. */
  async create(key: NewKey, publicKeyPem: string): Promise<Result<{ readonly keyId: string }>> {
    const body = JSON.stringify({ ...fieldsOf(key), public_key: publicKeyPem });
    const schema = z.object({ api_key_id: name }).transform((raw) => ({ keyId: raw.api_key_id }));
    return ask(this.#wire, { method: 'POST', path: KEYS, body }, schema);
  }

  /** The exchange makes the pair; its private half cannot be had again. */
  async generate(key: NewKey): Promise<Result<{ readonly keyId: string; readonly privateKeyPem: HiddenText }>> {
    const body = JSON.stringify(fieldsOf(key));
    return ask(this.#wire, { method: 'POST', path: `${KEYS}/generate`, body }, generatedSchema);
  }

  /** At once and for good; a key may delete itself. */
  async delete(keyId: string): Promise<Result<void>> {
    return command(this.#wire, { method: 'DELETE', path: `${KEYS}/${segment(keyId)}` });
  }
}

const KEYS = `${REST_ROOT}/api_keys`;

const keySchema = z
  .object({ api_key_id: name, name: title, scopes: z.array(title), subaccount: maybe(z.int().nonnegative()) })
  .transform(
    (raw): ApiKey => present({ keyId: raw.api_key_id, name: raw.name, scopes: raw.scopes, subaccount: raw.subaccount }),
  );

const keysSchema = z
  .object({ api_keys: z.array(keySchema), api_key_region_expiration_ts: maybe(stampSeconds) })
  .transform((raw): ApiKeys => present({ keys: raw.api_keys, attestedUntil: raw.api_key_region_expiration_ts }));

const generatedSchema = z
  .object({ api_key_id: name, private_key: z.string().min(1) })
  .transform((raw) => ({ keyId: raw.api_key_id, privateKeyPem: new HiddenText(raw.private_key) }));

function fieldsOf({ name, scopes, subaccount }: NewKey) {
  return present({ name, scopes, subaccount });
}
