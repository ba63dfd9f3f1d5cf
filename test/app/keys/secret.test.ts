import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { reportFailure } from '../../../src/error-report.ts';
import { KmmError } from '../../../src/lib/app/errors/errors.ts';
import { receivedLink, sentLink } from '../../../src/lib/app/exchange/exchange-link.ts';
import { removeExposedKeys } from '../../../src/lib/app/keys/exposed-keys.ts';
import { Secret, scrub } from '../../../src/lib/app/keys/secret.ts';

const CANARY = 'canary "7f3a" /+%\\ sings';
const PEM =
  '-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIFirstLineOfTheKey\nSecondLineOfTheKey==\n-----END PRIVATE KEY-----\n';

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

  it.each([
    ['as it is', CANARY],
    ['in base64', bytes.toString('base64')],
    ['in base64 for URLs', bytes.toString('base64url')],
    ['in hex', bytes.toString('hex')],
    ['in a URL', `https://x/?p=${encodeURIComponent(CANARY)}`],
    ['inside JSON', JSON.stringify({ passphrase: CANARY })],
    ['one line of a PEM', 'key: MC4CAQAwBQYDK2VwBCIEIFirstLineOfTheKey'],
    ['the last line of a PEM', 'SecondLineOfTheKey=='],
  ])('takes a secret out %s', (_how, text) => {
    const clean = scrub(`before ${text} after`);
    expect(clean).toMatch(/^before .*\[secret\].* after$/);
    expect(clean).not.toMatch(/canary|LineOfTheKey/);
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

describe('a private key in a variable', () => {
  it('is removed, named, and never printed', () => {
    const key = '-----BEGIN RSA PRIVATE KEY-----\nMIIExposedInAVariable\n-----END RSA PRIVATE KEY-----';
    const variables: Record<string, string | undefined> = {
      KALSHI_KEY: key,
      PATH: '/bin',
      CERT: '-----BEGIN CERTIFICATE-----',
    };
    expect(removeExposedKeys(variables)).toEqual(['KALSHI_KEY']);
    expect(variables).toEqual({ PATH: '/bin', CERT: '-----BEGIN CERTIFICATE-----' });
    expect(scrub('MIIExposedInAVariable')).toBe('[secret]');
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
