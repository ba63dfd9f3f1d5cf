/** `kmm auth probe` and `kmm doctor` as a user has them: one look at a served exchange, and everything that they refuse. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateKeyPair } from '../../src/lib/adapters/kalshi/sign.ts';
import { place } from '../support/cli.ts';
import { PASSPHRASE, privateFile } from '../support/keys.ts';
import { jsonHere } from '../support/kmm-here.ts';
import { LIMITS } from '../support/limits.ts';
import type { Json } from '../support/sim-client.ts';

const DEMO = `schema = "kmm/1"\n${LIMITS}`;

describe('kmm doctor and kmm auth probe', () => {
  it('look at a served exchange, ^C ends a probe with nothing resting, and a file of answers is served again', async () => {
    const here = place();
    const serving = here.start('sim', 'serve', '--port', '0', '--json');
    await serving.record(({ type }) => type === 'listening');
    const doctor = await here.json('doctor', '--markets', 'KXHIGHNY');
    expect([doctor.exit, doctor.records.at(-1)]).toEqual([
      0,
      expect.objectContaining({ type: 'doctor', isHealthy: true, isExchangeAsked: true, bad: 0 }),
    ]);
    expect(doctor.records.every(({ schemaVersion }) => schemaVersion === 1)).toBe(true);

    const probe = here.start('auth', 'probe', '--json');
    await probe.said(/1 contract at 1 ¢ in KX/);
    probe.signal('SIGINT');
    const { exit } = await probe.ended;
    const [report] = probe.records as [Json];
    expect([exit, report]).toEqual([
      0,
      expect.objectContaining({ type: 'auth_probe', isCutShort: true, isGone: true }),
    ]);
    expect(JSON.parse(readFileSync(report.file, 'utf8'))).toMatchObject({ schema: 'kmm-probe/1' });
    const orders = await here.json('trade', 'orders');
    expect(orders.records[0].orders).toEqual([]);
    serving.signal('SIGINT');
    await serving.ended;

    const like = here.start('sim', 'serve', '--port', '0', '--json', '--like', report.file);
    await like.record(({ type }) => type === 'listening');
    like.signal('SIGINT');
    expect((await like.ended).exit).toBe(0);
    const wrong = await here.json('sim', 'serve', '--port', '0', '--like', 'none.json');
    expect([wrong.exit, wrong.records[0].error.code]).toEqual([2, 'KMM_PROBE_FILE']);
  });
});

describe('kmm doctor and kmm auth probe', () => {
  it('say what is missing, with its code and the next step, and send nothing', async () => {
    const { directory } = place();
    const here = { directory, json: (...words: string[]) => jsonHere({ directory, variables: {} }, words) };
    privateFile(join(here.directory, 'key.pem'), generateKeyPair('ed25519').privateKey);
    privateFile(join(here.directory, 'pass'), PASSPHRASE, 0o400);
    privateFile(join(here.directory, 'wrong'), `${PASSPHRASE} not`, 0o400);
    const refused = async (exit: number, code: string, ...words: string[]) => {
      const ended = await here.json(...words);
      const { error } = ended.records.at(-1) as Json;
      expect([words.join(' '), ended.exit, error.code, error.suggestions.length > 0]).toEqual([
        ...[words.join(' '), exit, code, true],
      ]);
    };
    await refused(2, 'KMM_USAGE', 'auth', 'probe', '--env', 'prod');
    await refused(3, 'KMM_CONFIG_MISSING', 'auth', 'probe', '--env', 'demo');
    privateFile(join(here.directory, 'config.toml'), DEMO);
    await refused(4, 'KMM_KEY_MISSING', 'auth', 'probe', '--env', 'demo');
    await refused(2, 'KMM_NOT_CONFIRMED', 'auth', 'probe', '--env', 'demo', '--with-sweep');
    await here.json('auth', 'import', 'key.pem', '--key-id', 'd-1', '--env', 'demo', '--passphrase-file', 'pass');
    await refused(4, 'KMM_KEY_PASSPHRASE', 'auth', 'probe', '--env', 'demo', '--passphrase-file', 'wrong');
    await refused(
      5,
      'KMM_UNREACHABLE',
      'auth',
      'probe',
      '--sim-url',
      'http://127.0.0.1:9',
      '--key-id',
      'x',
      '--key-file',
      'key.pem',
    );
    const doctor = await here.json('doctor', '--env', 'demo', '--passphrase-file', 'wrong');
    expect([doctor.exit, doctor.records.at(-1)]).toEqual([
      10,
      expect.objectContaining({ isHealthy: false, isExchangeAsked: false }),
    ]);
    expect(doctor.records.find(({ check }) => check === 'key')).toMatchObject({
      level: 'bad',
      text: expect.stringContaining('KMM_KEY_PASSPHRASE'),
    });
    const offline = await here.json('doctor', '--env', 'demo', '--offline', '--passphrase-file', 'pass');
    expect([offline.exit, offline.records.at(-1)]).toEqual([0, expect.objectContaining({ isHealthy: true })]);
    const dark = await here.json('doctor', '--sim-url', 'http://127.0.0.1:9', '--key-id', 'x', '--key-file', 'key.pem');
    expect([dark.exit, dark.records.find(({ check }) => check === 'exchange')]).toEqual([
      10,
      expect.objectContaining({ level: 'bad' }),
    ]);
    expect(existsSync(join(here.directory, 'data', 'demo', 'probe'))).toBe(false);
    expect(readdirSync(join(here.directory, 'data', 'demo'))).not.toContain('kmm.db');
  });
});
