/** API keys over REST: list, register an own public key, have a pair made, delete (kalshi/api.md 2). */
import { createPublicKey, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { generateKeyPair } from '../kalshi/sign.ts';
import { SCOPES } from './access.ts';
import type { BackOffice } from './back-office.ts';
import type { StoredKey } from './key-store.ts';
import { answer, NO_CONTENT, NOT_FOUND, type RestAnswer, refuse } from './rest-answer.ts';
import { privateRoute, type Route } from './route.ts';
import { secondsOf } from './wire-text.ts';

const KEYS = '/api_keys';
const KEYS_MAX = 100;
const NAME_LENGTH_MAX = 256;

const keyFields = {
  name: z.string().min(1).max(NAME_LENGTH_MAX),
  scopes: z.array(z.enum(SCOPES)).min(1).optional(),
  /** The account has its primary subaccount only. */
  subaccount: z.number().int().min(0).max(0).optional(),
};
type KeyFields = z.infer<z.ZodObject<typeof keyFields>>;

const list = privateRoute({
  method: 'GET',
  path: KEYS,
  operation: 'GetApiKeys',
  query: z.object({ fcm_subtrader_id: z.string().optional() }),
  handle: ({ office, accountId }) =>
    answer(200, {
      api_keys: office.keys.of(accountId).map(keyObject),
      api_key_region_expiration_ts: secondsOf(office.attestedUntil),
    }),
});

const create = privateRoute({
  method: 'POST',
  path: KEYS,
  operation: 'CreateApiKey',
  body: z.object({ ...keyFields, public_key: z.string() }),
  handle({ office, accountId, body }) {
    if (!office.tiers.isAtLeast(accountId, 'premier')) {
      return refuse(403, 'forbidden', 'own public keys need the usage level premier');
    }
    if (!isPublicKey(body.public_key))
      return refuse(400, 'invalid_parameters', 'public_key is not an RSA or Ed25519 key');
    const added = addKey(office, accountId, body, body.public_key);
    return 'status' in added ? added : answer(201, { api_key_id: added.keyId });
  },
});

const generate = privateRoute({
  method: 'POST',
  path: `${KEYS}/generate`,
  operation: 'GenerateApiKey',
  body: z.object(keyFields),
  handle({ office, accountId, body }) {
    const pair = generateKeyPair('rsa');
    const added = addKey(office, accountId, body, pair.publicKey);
    return 'status' in added ? added : answer(201, { api_key_id: added.keyId, private_key: pair.privateKey });
  },
});

const remove = privateRoute({
  method: 'DELETE',
  path: `${KEYS}/:api_key`,
  operation: 'DeleteApiKey',
  handle: ({ office, accountId, id }) => (office.keys.revoke(accountId, id) ? NO_CONTENT : NOT_FOUND),
});

export const KEY_ROUTES: readonly Route[] = [list, create, generate, remove];

function addKey(
  { keys }: BackOffice,
  accountId: string,
  { name, scopes = ['read', 'write'], subaccount }: KeyFields,
  publicKeyPem: string,
): { readonly keyId: string } | RestAnswer {
  if (scopes.includes('write') && !scopes.includes('read')) {
    return refuse(400, 'invalid_parameters', 'the scope write needs the scope read');
  }
  if (keys.of(accountId).length >= KEYS_MAX) return refuse(400, 'invalid_parameters', `at most ${KEYS_MAX} keys`);
  const keyId = randomUUID();
  keys.add({ keyId, publicKeyPem, accountId, name, scopes, ...(subaccount === undefined ? {} : { subaccount }) });
  return { keyId };
}

function keyObject({ keyId, name, grant }: StoredKey) {
  const { scopes, subaccount } = grant;
  return { api_key_id: keyId, name, scopes, ...(subaccount === undefined ? {} : { subaccount }) };
}

function isPublicKey(pem: string): boolean {
  try {
    const { type, asymmetricKeyType } = createPublicKey(pem);
    return (
      type === 'public' && (asymmetricKeyType === 'rsa' || asymmetricKeyType === 'ed25519') && !/PRIVATE/.test(pem)
    );
  } catch {
    return false;
  }
}
