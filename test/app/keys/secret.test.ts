import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { reportFailure } from '../../../src/error-report.ts';
import { KmmError } from '../../../src/lib/app/errors/errors.ts';
import { receivedLink, sentLink } from '../../../src/lib/app/exchange/exchange-link.ts';
import { hideTyped, removeExposed } from '../../../src/lib/app/keys/exposed-keys.ts';
import { Secret, scrub } from '../../../src/lib/app/keys/secret.ts';

const CANARY = 'canary "7f3a" /+%\\ sings';
const PEM =
  '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIFirstLineOfTheKey\nSecondLineOfTheKey==\n-----END PRIVATE KEY-----\n';

const KEY_BYTES = Buffer.from('the very bytes of a key');

describe('a secret', () => {
  const secret = new Secret(CANARY);

  it.each([
    ['a template', `${secret}`],
    ['JSON', JSON.stringify({ deep: [secret] })],
    ['inspection', inspect({ deep: { secret } }, { showHidden: true, depth: 9 })],
    ['String()', String(secret)],
    ['an error', new Error(`no ${secret}`).stack ?? ''],
    ['its own fields', Object.entries(secret).join()],
  ])('does not show in %s', (_where, text) => {
    expect(text).not.toContain('canary');
  });

  it('is had by one word', () => {
    expect(secret.reveal()).toBe(CANARY);
  });
});

describe('the last hop', () => {
  const bytes = Buffer.from(CANARY);
  new Secret(CANARY);
  new Secret(PEM);
  new Secret('-----BEGIN PRIVATE KEY-----\nA+line/LineOfTheKey+\n-----END PRIVATE KEY-----');
  new Secret(`-----BEGIN PRIVATE KEY-----\n${KEY_BYTES.toString('base64')}\n-----END PRIVATE KEY-----`);

  it.each([
    ['as it is', CANARY],
    ['in base64', bytes.toString('base64')],
    ['in base64 for URLs', bytes.toString('base64url')],
    ['in hex', bytes.toString('hex')],
    ['in a URL', `https://x/?p=${encodeURIComponent(CANARY)}`],
    ['inside JSON', JSON.stringify({ passphrase: CANARY })],
    ['one line of a PEM', 'key: MC4CAQAwBQYDK2VwBCIEIFirstLineOfTheKey'],
    ['the last line of a PEM', 'SecondLineOfTheKey=='],
    ['one line of a PEM in a URL', `https://x/?p=${encodeURIComponent('A+line/LineOfTheKey+')}`],
    ['the bytes of a key in hex', KEY_BYTES.toString('hex')],
    ['the bytes of a key in base64 for URLs', KEY_BYTES.toString('base64url')],
  ])('takes a secret out %s', (_how, text) => {
    const clean = scrub(`before ${text} after`);
    expect(clean).toMatch(/^before .*\[secret\].* after$/);
    expect(clean).not.toMatch(/canary|LineOfTheKey|dGhlIHZlcnk/);
  });

  it('leaves everything else as it was', () => {
    const text = 'bid 50 at 45¢ {"error":{"code":"KMM_USAGE"}}';
    expect(scrub(text)).toBe(text);
  });

  it('tears no holes for something too short to be a secret', () => {
    new Secret('the');
    expect(scrub('the key')).toBe('the key');
  });
});

describe('a secret in a variable (S3)', () => {
  const KEY = '-----BEGIN RSA PRIVATE KEY-----\nMIIExposedInAVariable\n-----END RSA PRIVATE KEY-----';

  it.each([
    ['a key', 'ANY', KEY, 'a private key'],
    ['a key in one line', 'ANY', KEY.replaceAll('\n', '\\n'), 'a private key'],
    ['a key in base64', 'ANY', Buffer.from(KEY).toString('base64'), 'a private key'],
    ['a passphrase', 'KMM_PROD_PASSPHRASE', 'MIIExposedInAVariable', 'a secret'],
    ['a token', 'KALSHI_TOKEN', 'MIIExposedInAVariable', 'a secret'],
  ])('is removed, named, and never printed: %s', (_what, name, value, what) => {
    const variables: Record<string, string | undefined> = { [name]: value, PATH: '/bin' };
    expect(removeExposed(variables)).toMatchObject([{ name, what }]);
    expect(variables).toEqual({ PATH: '/bin' });
    expect(scrub('said MIIExposedInAVariable')).toBe('said [secret]');
  });

  it.each([
    ['a certificate', 'CERT', '-----BEGIN CERTIFICATE-----'],
    ['a path', 'KMM_PROD_PASSPHRASE', '/run/credentials/kmm-passphrase'],
    ['the name of a file', 'KMM_PROD_PASSPHRASE_FILE', 'passphrase'],
    ["another program's", 'OTHER_TOKEN', 'its own business'],
  ])('is none, and stays: %s', (_what, name, value) => {
    const variables: Record<string, string | undefined> = { [name]: value };
    expect(removeExposed(variables)).toEqual([]);
    expect(variables).toEqual({ [name]: value });
  });
});

describe('a secret behind a flag that does not exist (S3)', () => {
  it.each([[['--passphrase', 'typed-canary']], [['--passphrase=typed-canary']], [['--key-token', 'typed-canary']]])(
    'is not said again: %j',
    (words) => {
      hideTyped(['auth', 'check', ...words]);
      expect(scrub('Nonexistent flag: typed-canary')).toBe('Nonexistent flag: [secret]');
    },
  );

  it('leaves the paths of files alone', () => {
    hideTyped(['--passphrase-file', '/etc/kmm/passphrase']);
    expect(scrub('/etc/kmm/passphrase')).toBe('/etc/kmm/passphrase');
  });
});

describe('the passphrase of a link', () => {
  const link = { rest: 'r', ws: 'w', keyId: 'k', keyFile: 'f', passphrase: new Secret(CANARY) };

  it('does not cross to another process by accident', () => {
    expect(JSON.stringify({ link })).not.toContain('canary');
  });

  it('crosses on purpose, and is a secret again over there', () => {
    const there = receivedLink(JSON.parse(JSON.stringify(sentLink(link))));
    expect(there.passphrase?.reveal()).toBe(CANARY);
    expect(JSON.stringify(there)).not.toContain('canary');
    const { passphrase: _passphrase, ...without } = link;
    expect(receivedLink(sentLink(without))).toEqual(without);
  });
});

describe('a failure that quotes a secret', () => {
  const quoting = (words: string) => new Error(`${words} ${CANARY}`);

  it.each([
    ['for people', ['run'], new KmmError('KMM_USAGE', `said ${CANARY}`)],
    ['for scripts', ['run', '--json'], new KmmError('KMM_USAGE', `said ${CANARY}`)],
    ['as a bug, with its trace', ['run'], quoting('unforeseen')],
  ])('is printed without it, %s', (_how, words, failure) => {
    new Secret(CANARY);
    let printed = '';
    const print = (chunk: unknown) => {
      printed += String(chunk);
      return true;
    };
    const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(print));
    onTestFinished(() => {
      for (const spy of spies) spy.mockRestore();
    });
    reportFailure(failure, words, []);
    expect(printed).toContain('[secret]');
    expect(printed).not.toContain('canary');
  });
});
