/** Files beside the database, for what it does not take. The disk that is full is a real one; it needs Linux and root. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LatchFiles, type LatchNote } from '../../../src/lib/adapters/store/latch-files.ts';
import { StoreProblem } from '../../../src/lib/adapters/store/problem.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { mountSmallDisk } from '../../chaos/disk.ts';
import { tempDir } from '../../support/temp-dir.ts';

function note(scope: string, reason = 'the group was triggered'): LatchNote {
  return { kind: 'latch', by: 'the trader', halt: { name: 'GROUP', scope, since: epochMs(1), reason } };
}

const notesOf = (files: LatchFiles) => files.all().map((file) => file.note);

describe('I5, F31: on a disk that is full', () => {
  it('four halts are kept in the room that was set aside, and it is set aside anew when there is some', (context) => {
    const place = join(tempDir(), 'disk');
    const disk = mountSmallDisk(place);
    if (disk === undefined) return context.skip();
    try {
      const files = new LatchFiles(join(place, 'latches'));
      expect(files.reserve()).toBeUndefined();
      disk.fill(0);
      expect(() => writeFileSync(join(place, 'other'), 'x')).toThrow(/ENOSPC/);
      expect(files.write(note('*', 'too long for it'.repeat(500)))).toBeInstanceOf(StoreProblem);
      const notes = ['shard:0', 'shard:1', 'shard:2', 'shard:3'].map((scope) => note(scope));
      for (const one of notes) expect(files.write(one)).toBeUndefined();
      expect(notesOf(files)).toEqual(expect.arrayContaining(notes));
      expect(files.write(note('shard:4'))).toBeInstanceOf(StoreProblem);
      expect(readdirSync(join(place, 'latches'))).toHaveLength(4);

      disk.free();
      for (const file of files.all()) files.remove(file);
      expect(files.reserve()).toBeUndefined();
      disk.fill(0);
      expect(files.write(note('*'))).toBeUndefined();
      expect(notesOf(files)).toEqual([note('*')]);
    } finally {
      disk.unmount();
    }
  });
});
