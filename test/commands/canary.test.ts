/**
 * I9, F44: marked secrets go through the commands that handle them, and through the mistakes that people make with them;
 * then every byte that was said or kept is searched. In this process, so that it costs little; `npm run canary` does the
 * same with real processes, crashes and cores. Beside it: whatever kmm keeps is for its owner alone (S3, S4).
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateKeyPair } from '../../src/lib/adapters/kalshi/sign.ts';
import { type SimServing, serveSim } from '../../src/lib/app/sim/sim-serve.ts';
import { epochMs } from '../../src/lib/core/units.ts';
import { keptBelow, secrets } from '../support/canary.ts';
import { privateFile } from '../support/keys.ts';
import { kmmHere } from '../support/kmm-here.ts';
import { tempDir } from '../support/temp-dir.ts';

const PASSPHRASE = 'canary-passphrase-93b1f0';
const EXPOSED = 'canary-in-a-variable-77aa';

const marked = secrets();
const directory = tempDir(afterAll);
const home = join(directory, 'data');
const said: { readonly words: string; readonly text: string; readonly exit: number }[] = [];
let exchange: SimServing;

async function kmm(line: string, variables: Readonly<Record<string, string>> = {}): Promise<number> {
  const { exit, stdout, stderr } = await kmmHere({ directory, variables }, line.split(' '));
  said.push({ words: line, text: stdout + stderr, exit: exit ?? -1 });
  return exit ?? -1;
}

beforeAll(async () => {
  exchange = await serveSim({
    background: [],
    startAt: epochMs(Date.now()),
    seed: '7',
    speed: 1,
    port: 0,
    keyKind: 'ed25519',
    keyDirectory: join(directory, 'served'),
  });
  const { rest, keyId, privateKeyFile, controlToken } = exchange.listening;
  const pem = readFileSync(privateKeyFile, 'utf8');
  const other = generateKeyPair('ed25519').privateKey;
  marked.add('the key', pem);
  marked.add("a variable's key", other);
  marked.add('the passphrase', PASSPHRASE);
  marked.add("a variable's passphrase", EXPOSED);
  marked.add('the control token', controlToken);
  privateFile(join(directory, 'key.pem'), pem);
  privateFile(join(directory, 'torn.pem'), pem.replace('-----END', 'torn off'));
  privateFile(join(directory, 'pass'), `${PASSPHRASE}\n`, 0o400);
  privateFile(join(directory, 'wrong'), `${PASSPHRASE} and more`, 0o400);
  const sim = `schema = "kmm/1"\nsim.url = "${new URL(rest).origin}"\n`;
  privateFile(join(directory, 'config.toml'), `${sim}sim.passphrase_file = "pass"\n`);
  privateFile(join(directory, 'wrong.toml'), `${sim}sim.passphrase_file = "wrong"\n`);
  privateFile(join(directory, 'inline.toml'), `${sim}sim.passphrase = "${PASSPHRASE}"\n`);
  privateFile(join(directory, 'broken.toml'), `${sim}sim.passphrase = "${PASSPHRASE}\n`);
  const variables = { ANY_KEY: other, KMM_SIM_PASSPHRASE: EXPOSED, DEBUG: '*', HTTPS_PROXY: 'http://127.0.0.1:9' };

  expect(await kmm(`auth import key.pem --key-id ${keyId} --env sim --passphrase-file pass`, variables)).toBe(0);
  for (const words of ['auth check', 'trade orders --json', 'config show']) await kmm(words, variables);
  await kmm('trade buy KXBTC15M 1 1', variables);
  await kmm('auth check --config wrong.toml');
  await kmm('auth check --config inline.toml');
  await kmm('auth check --config broken.toml --json');
  await kmm(`auth check --key-id ${keyId} --key-file torn.pem`);
  await kmm(`auth import torn.pem --key-id torn --env demo --passphrase-file pass`);
  await kmm(`auth check --passphrase ${PASSPHRASE}`);
  await kmm('run --speed max --for 5s --markets KXBTC15M --json', variables);
  await kmm('kill --env sim --json', variables);
  rmSync(join(directory, 'key.pem'));
});

afterAll(() => exchange.close());

describe('marked secrets (I9, F44)', () => {
  it('go through what they are for', () => {
    const exits = Object.fromEntries(said.map(({ words, exit }) => [words, exit]));
    expect(exits).toMatchObject({
      'auth check': 0,
      'config show': 0,
      'trade orders --json': 0,
      'kill --env sim --json': 0,
    });
    const told = said.find(({ words }) => words.startsWith('auth import'))?.text;
    expect(told).toContain('the variable ANY_KEY holds a private key');
    expect(told).toContain('the variable KMM_SIM_PASSPHRASE holds a secret');
  });

  it('are in nothing that was printed', () => {
    expect(said.flatMap(({ words, text }) => marked.findings(words, text))).toEqual([]);
  });

  it('are in nothing that was kept: database, log, tape, stamp, lock', () => {
    const kept = keptBelow(home);
    expect(kept.some(({ path }) => path.endsWith('.tape'))).toBe(true);
    expect(kept.some(({ path }) => path.endsWith('.db'))).toBe(true);
    expect(kept.flatMap(({ path, content }) => marked.findings(path, content))).toEqual([]);
  });

  it('would be found: the search is awake', () => {
    const folder = join(directory, 'leak');
    mkdirSync(folder);
    writeFileSync(join(folder, 'log'), `x${Buffer.from(`id:${PASSPHRASE}!`).toString('base64')}x`);
    expect(keptBelow(folder).flatMap(({ path, content }) => marked.findings(path, content))).not.toEqual([]);
    const line = readFileSync(join(directory, 'torn.pem'), 'utf8').split('\n')[1] ?? '';
    expect(marked.findings('here', `{"key":"${line}"}`)).not.toEqual([]);
  });
});

describe('what kmm keeps (S3, S4)', () => {
  it('is for its owner alone: files 0600, folders 0700, whatever the umask is', () => {
    const open = keptBelow(home).filter(({ mode, isFolder }) => mode !== (isFolder ? 0o700 : 0o600));
    expect(open.map(({ path, mode }) => `${path} ${mode.toString(8)}`)).toEqual([]);
  });
});
