/** `kmm auth …` as a user runs it: what is said, what is left on the disk, and that no secret is ever among it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { generateKeyPair } from '../../src/lib/adapters/kalshi/sign.ts';
import { HAS_PROC, place } from '../support/cli.ts';
import { PASSPHRASE, privateFile } from '../support/keys.ts';
import { jsonHere, kmmHere } from '../support/kmm-here.ts';
import { LIMITS } from '../support/limits.ts';

const PRODUCTION = `schema = "kmm/1"\nenvironment = "prod"\n${LIMITS}`;

describe('auth', () => {
  it('import keeps the key encrypted and shreds the plain one; forget asks for the end of its id', async ({
    expect,
    onTestFinished,
  }) => {
    const pem = generateKeyPair('ed25519').privateKey;
    const here = place({ CANARY_KEY: pem }, onTestFinished);
    const file = privateFile(join(here.directory, 'key.pem'), pem);
    privateFile(join(here.directory, 'pass'), `${PASSPHRASE}\n`, 0o400);
    const words = [
      'auth',
      'import',
      'key.pem',
      '--key-id',
      'abcd-9876',
      '--env',
      'demo',
      '--passphrase-file',
      'pass',
      '--shred',
    ];
    const taken = await jsonHere(here, words);
    expect(taken.exit).toBe(0);
    expect(taken.stderr).toContain('the variable CANARY_KEY holds a private key');
    expect(taken.records).toMatchObject([
      { type: 'auth_import', env: 'demo', keyId: 'abcd-9876', kind: 'ed25519', isPlainGone: true },
    ]);
    expect(existsSync(file)).toBe(false);
    const asked = await kmmHere(here, ['auth', 'forget', '--env', 'demo']);
    expect([asked.exit, asked.stderr]).toEqual([2, expect.stringContaining('there is nobody to ask')]);
    expect((await kmmHere(here, ['auth', 'forget', '--env', 'demo', '--confirm=0000'])).exit).toBe(2);
    const forgotten = await kmmHere(here, ['auth', 'forget', '--env', 'demo', '--confirm=9876']);
    expect([forgotten.exit, readdirSync(join(here.directory, 'data', 'demo', 'keys'))]).toEqual([0, []]);
    const secrets = [PASSPHRASE, ...pem.split('\n').filter((line) => line !== '' && !line.startsWith('-'))];
    for (const { stdout, stderr } of [taken, asked, forgotten]) {
      expect(secrets.filter((secret) => `${stdout}${stderr}`.includes(secret))).toEqual([]);
    }
  });

  it('import wants an environment, a passphrase, and never asks where nobody sits', async ({
    expect,
    onTestFinished,
  }) => {
    const here = place({}, onTestFinished);
    privateFile(join(here.directory, 'key.pem'), generateKeyPair('ed25519').privateKey);
    const words = ['auth', 'import', 'key.pem', '--key-id', 'abcd'];
    const guessed = await jsonHere(here, words);
    expect([guessed.exit, guessed.records[0].error.code, guessed.records[0].error.suggestions]).toEqual([
      2,
      'KMM_USAGE',
      ['--env demo', '--env prod'],
    ]);
    const silent = await jsonHere(here, [...words, '--env', 'demo', '--no-input']);
    expect([silent.exit, silent.records[0].error.code]).toEqual([4, 'KMM_KEY_PASSPHRASE']);
    expect(existsSync(join(here.directory, 'data'))).toBe(false);
  });

  it('arm is typed or confirmed, kept, and taken back; only then run is refused', async ({
    expect,
    onTestFinished,
  }) => {
    const here = place({}, onTestFinished);
    privateFile(join(here.directory, 'key.pem'), generateKeyPair('ed25519').privateKey);
    privateFile(join(here.directory, 'pass'), PASSPHRASE, 0o400);
    privateFile(join(here.directory, 'config.toml'), PRODUCTION);
    await kmmHere(here, [
      'auth',
      'import',
      'key.pem',
      '--key-id',
      'prod-4321',
      '--env',
      'prod',
      '--passphrase-file',
      'pass',
    ]);
    const words = ['auth', 'arm', 'prod', '--for', '8h', '--exposure-dollars-max', '150'];
    expect((await jsonHere(here, words)).records[0].error.code).toBe('KMM_NOT_CONFIRMED');
    expect((await jsonHere(here, [...words, '--confirm=1234'])).records[0].error.code).toBe('KMM_NOT_CONFIRMED');
    const armed = await jsonHere(here, [...words, '--confirm=4321']);
    expect(armed.records).toMatchObject([
      { type: 'auth_arm', env: 'prod', keyId: 'prod-4321', exposureDollarsMax: '150.000000' },
    ]);
    expect((await jsonHere(here, ['auth', 'disarm', 'prod'])).records).toMatchObject([
      { type: 'auth_disarm', wasArmed: true },
    ]);
    expect((await jsonHere(here, ['auth', 'disarm', 'prod'])).records).toMatchObject([
      { type: 'auth_disarm', wasArmed: false },
    ]);
    const run = await jsonHere(here, ['run', '--env', 'prod']);
    expect([run.exit, run.records.at(-1).error.code]).toEqual([6, 'KMM_PROD_NOT_ARMED']);
  });

  it.skipIf(!HAS_PROC)(
    'an encrypted key trades, is killed with and is checked without a question, and its passphrase is nowhere',
    async ({ expect, onTestFinished }) => {
      const here = place({}, onTestFinished);
      const other = here.apart();
      const exchange = here.start('sim', 'serve', '--port', '0', '--json');
      const listening = await exchange.record(({ type }) => type === 'listening');
      privateFile(join(here.directory, 'pass'), PASSPHRASE, 0o400);
      const { rest, keyId, privateKeyFile } = listening;
      const words = ['auth', 'import', privateKeyFile, '--key-id', keyId, '--env', 'sim', '--passphrase-file', 'pass'];
      expect((await kmmHere(other, words)).exit).toBe(0);
      const sim = `schema = "kmm/1"\nsim.url = "${rest.replace('/trade-api/v2', '')}"\nsim.passphrase_file = "pass"\n`;
      privateFile(join(here.directory, 'config.toml'), sim);
      const run = other.start('run', '--env', 'sim', '--headless', '--json');
      await run.record(({ type, restingOrders }) => type === 'status' && restingOrders > 0);
      const lock = readFileSync(join(here.directory, 'data-1', 'sim', 'lock'), 'utf8');
      expect(JSON.parse(lock)).toMatchObject({ keyId, passphraseFile: join(here.directory, 'pass') });
      const seen = other
        .processes()
        .flatMap(({ pid }) => ['cmdline', 'environ'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'utf8')));
      const killed = await jsonHere(other, ['kill', '--env', 'sim']);
      expect(killed.records[0].environments).toMatchObject([{ isLatched: true, isSwept: true, isConfirmed: true }]);
      const checked = await jsonHere(other, ['auth', 'check', '--env', 'sim']);
      expect(checked.records[0]).toMatchObject({ type: 'auth_check', keyId });
      run.signal('SIGINT');
      const { stdout, stderr } = await run.ended;
      const journal = readdirSync(join(here.directory, 'data-1', 'sim'), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
      const everything = [lock, ...seen, ...journal, stdout, stderr, killed.stdout, killed.stderr, checked.stdout];
      expect(everything.filter((text) => text.includes(PASSPHRASE))).toEqual([]);
      exchange.signal('SIGINT');
      await exchange.ended;
    },
  );
});
