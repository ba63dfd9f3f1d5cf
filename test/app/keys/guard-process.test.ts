import { readdirSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { guardOutput } from '../../../src/lib/app/keys/guard-process.ts';
import { Secret } from '../../../src/lib/app/keys/secret.ts';
import { ended } from '../../support/kmm.ts';
import { tempDir } from '../../support/temp-dir.ts';

const KEYS = fileURLToPath(new URL('../../../src/lib/app/keys/', import.meta.url));

describe('what is written to stdout or stderr (S7)', () => {
  it('goes out without secrets whoever writes it, as text or bytes, and the rest as it was', () => {
    new Secret('guarded-canary');
    const stream = new PassThrough() as unknown as NodeJS.WriteStream & PassThrough;
    onTestFinished(guardOutput([stream]));
    stream.write('said guarded-canary\n');
    stream.write(Buffer.from('bytes guarded-canary\n'));
    stream.write(Buffer.from([0xff, 0xfe, 0x0a]));
    const text = Buffer.from('said [secret]\nbytes [secret]\n');
    expect(stream.read()).toEqual(Buffer.concat([text, Buffer.from([0xff, 0xfe, 0x0a])]));
  });
});

describe.skipIf(process.platform !== 'linux')('a process that breaks (S6)', () => {
  it('says why without secrets, writes no report though it was asked for one, and leaves an empty core', async () => {
    const directory = tempDir();
    const code = `
      import { readFileSync } from 'node:fs';
      import { guardCrash, guardOutput } from '${KEYS}guard-process.ts';
      import { Secret } from '${KEYS}secret.ts';
      guardOutput();
      guardCrash((error) => { process.stderr.write(error.stack); process.exit(1); });
      new Secret('crashing-canary');
      process.stdout.write(readFileSync('/proc/self/coredump_filter', 'utf8'));
      Promise.reject(new Error('no crashing-canary'));`;
    const variables = { NODE_OPTIONS: '--report-uncaught-exception --report-on-fatalerror' };
    const words = ['--input-type=module', '--no-warnings', '--eval', code];
    const { exit, stdout, stderr } = await ended(words, { directory, variables });
    expect({ exit, stdout: stdout.trim() }).toEqual({ exit: 1, stdout: '00000000' });
    expect(stderr).toContain('Error: no [secret]');
    expect(stderr).not.toContain('canary');
    expect(readdirSync(directory)).toEqual([]);
  });
});
