/**
 * Whose ledger it is: a key's, and of one subaccount where the configuration names it (`KEY/3`; 0 is the primary account).
 * Rows of the journal, tapes and reports carry this name, so figures of two subaccounts are never added by mistake.
 */

/** Of a link, or of a key beside the number that is configured. */
export function accountOfLink({
  keyId,
  subaccount,
}: {
  readonly keyId: string;
  readonly subaccount?: number | undefined;
}): string {
  return subaccount === undefined ? keyId : `${keyId}/${subaccount}`;
}

/** Undefined: the key's own. */
export function subaccountOf(account: string): number | undefined {
  const number = /\/(\d{1,2})$/.exec(account)?.[1];
  return number === undefined ? undefined : Number(number);
}
