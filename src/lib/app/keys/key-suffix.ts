/** What a person types to confirm a severe step: enough of the key id to know which account it is. */
export function suffixOf(keyId: string): string {
  return keyId.slice(-SUFFIX_LENGTH);
}

const SUFFIX_LENGTH = 4;
