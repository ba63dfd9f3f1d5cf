import { expect, it } from 'vitest';
import { JournalFailure } from '../../../../src/lib/adapters/store/journal.ts';
import { faultCode } from '../../../../src/lib/app/session/halts/fault-code.ts';
import { InvariantBroken } from '../../../../src/lib/core/invariant.ts';

it('what ends a session has a code of the catalogue, and what nobody foresaw is our bug', () => {
  const faults = [new InvariantBroken('a sum'), new JournalFailure('no disk'), new TypeError('a slip')];
  expect(faults.map(faultCode)).toEqual(['KMM_INVARIANT', 'KMM_JOURNAL', 'KMM_BUG']);
});
