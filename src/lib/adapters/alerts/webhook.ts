/**
 * A message for a program of the operator's own: every alert with its id, so that one that arrives twice can be told. The
 * form is that of `--json`: fields are added, never changed.
 */
import { type AlertMessage, type Body, fitted } from './message.ts';

/** Of one text. */
const TEXT_MAX = 4_000;

export function webhookBody(message: AlertMessage, address: string, token?: string): Body {
  const { env, priority, title, items } = message;
  const json = JSON.stringify({
    ...{ type: 'alerts', schemaVersion: 1, env, priority, title },
    alerts: items.map(({ id, key, change, text, at, ...rest }) => ({
      ...{ id, key, priority: rest.priority, change, text: fitted(text, TEXT_MAX), at: new Date(at).toISOString() },
    })),
  });
  // The same alerts have the same name, whoever sends them again.
  const name = `kmm-${env}-${items.map(({ id }) => id).join('.')}`.slice(0, 200);
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return { address, json, headers: { 'idempotency-key': name, ...authorization } };
}
