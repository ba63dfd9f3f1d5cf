/** What `kmm run` refuses, in words that help, before anything is sent. */
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateKeyPair } from '../../src/lib/adapters/kalshi/sign.ts';
import { type Place, place, type Running } from '../support/cli.ts';
import { jsonHere } from '../support/kmm-here.ts';
import { LIMITS } from '../support/limits.ts';
import type { Json } from '../support/sim-client.ts';

/** Names of hosts lead nowhere: nothing outside this machine is ever spoken to, wherever the tests run. */
const NO_NETWORK = `--import=data:text/javascript,${encodeURIComponent(`
  import dns from 'node:dns';
  import { isIP } from 'node:net';
  const { lookup } = dns;
  const refuse = (host, done) => done(Object.assign(new Error('no such host ' + host), { code: 'ENOTFOUND' }));
  dns.lookup = (host, ...rest) => (isIP(host) === 0 ? refuse(host, rest.at(-1)) : lookup(host, ...rest));
`)}`;

const KEYS = `
[demo]
key_id = "someone"
key_file = "key.pem"
[prod]
key_id = "someone"
key_file = "key.pem"
`;

let here: Place;
let exchange: Running;
let listening: Json;

beforeAll(async () => {
  here = place({ NODE_OPTIONS: NO_NETWORK }, afterAll);
  file('key.pem', generateKeyPair('ed25519').privateKey);
  file('limits.toml', `schema = "kmm/1"\n${KEYS}${LIMITS}`);
  exchange = here.start('sim', 'serve', '--port', '0', '--json');
  listening = await exchange.record(({ type }) => type === 'listening');
});

afterAll(async () => {
  exchange.signal('SIGINT');
  await exchange.ended;
});

/** A file of the working directory, for its owner alone. */
function file(name: string, text: string, mode = 0o600): string {
  const path = join(here.directory, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

interface Refusal {
  readonly exit: number | null;
  readonly code: string;
  readonly message: string;
  readonly next: string[];
}

async function refused(...words: string[]): Promise<Refusal> {
  return refusalOf(await here.apart().json('run', ...words));
}

/** In this process: what is refused before anything is started or looked up. */
async function refusedHere(...words: string[]): Promise<Refusal> {
  return refusalOf(await jsonHere(here.apart(), ['run', ...words]));
}

function refusalOf({ exit, records }: Awaited<ReturnType<Place['json']>>): Refusal {
  const { error } = records.at(-1);
  expect(error.oclif.exit).toBe(exit);
  return { exit, code: error.code, message: error.message, next: error.suggestions };
}

describe('before anything is started', () => {
  it('real money needs limits of its own', async () => {
    for (const env of ['demo', 'prod']) {
      const { exit, code, message } = await refusedHere('--env', env, '--for', '5s');
      expect([exit, code]).toEqual([3, 'KMM_CONFIG_MISSING']);
      expect(message).toContain('risk.loss_day_dollars_max');
    }
  });

  it('production is refused until it is armed, and nothing at all is opened for it', async () => {
    const { exit, code, message } = await refusedHere('--env', 'prod', '--config', 'limits.toml');
    expect([exit, code]).toEqual([6, 'KMM_PROD_NOT_ARMED']);
    expect(message).toContain('nothing was sent');
    expect(existsSync(join(here.directory, 'data', 'prod'))).toBe(false);
  });

  it.each([
    [['--speed', 'max'], '--speed max needs --for'],
    [['--for', 'abc'], '--for abc is no duration'],
    [['--outcomes', 'x.csv'], '--background'],
    [['--fair', 'fixed:1.5'], 'must be micro, mid, average, index, forecast:NAME, fixed:P with P between 0 and 1'],
    [
      ['--env', 'demo', '--speed', '5', '--config', 'limits.toml'],
      '--speed, --from, --background and --sim-url are for --env sim',
    ],
  ])('the words %j are refused with exit 2', async (words, what) => {
    const { exit, message } = await refusedHere(...words);
    expect(exit).toBe(2);
    expect(message).toContain(what);
  });

  it('a config file with an unknown key is refused with its place and a suggestion', async () => {
    file('typo.toml', 'schema = "kmm/1"\n[risk]\nloss_day_dolars_max = 5\n');
    const { exit, code, message } = await refusedHere('--config', 'typo.toml', '--for', '5s');
    expect([exit, code]).toEqual([3, 'KMM_CONFIG_UNKNOWN_KEY']);
    expect(message).toMatch(/typo\.toml:3:1.*loss_day_dolars_max.*did you mean loss_day_dollars_max\?/);
  });

  it('a value out of its range is refused with its place', async () => {
    file('large.toml', 'schema = "kmm/1"\n[risk]\norder_size_contracts_max = -5\n');
    const { exit, code, message } = await refusedHere('--config', 'large.toml', '--for', '5s');
    expect([exit, code]).toEqual([3, 'KMM_CONFIG_VALUE']);
    expect(message).toContain('large.toml:3:1');
  });

  it('a named exchange needs a key', async () => {
    const { exit, code, next } = await refusedHere('--sim-url', listening.rest, '--for', '5s');
    expect([exit, code]).toEqual([4, 'KMM_KEY_MISSING']);
    expect(next[0]).toContain('--key-id and --key-file');
  });

  it('an exchange that is not on loopback is no simulated one', async () => {
    const words = ['--sim-url', 'http://10.0.0.1:8790', '--key-id', 'x', '--key-file', 'key.pem'];
    const { exit, code } = await refusedHere(...words);
    expect([exit, code]).toEqual([3, 'KMM_SIM_URL']);
  });
});

describe.concurrent('real money', () => {
  it('is killed as far as it can be: without a network the kill says in bounded time that nothing is proved', async () => {
    const startedAt = performance.now();
    const { exit, records } = await here.apart().json('kill', '--env', 'demo', '--config', 'limits.toml');
    expect(exit).toBe(9);
    expect(records[0].environments).toMatchObject([
      {
        env: 'demo',
        isLatched: true,
        latchedIn: 'file',
        isSwept: false,
        isConfirmed: false,
        confirmedMs: null,
        resting: [],
      },
    ]);
    expect(records[0].environments[0].firstCancelMs).toBeLessThan(1_000);
    expect(performance.now() - startedAt).toBeLessThan(25_000);
  });

  it('on demo without a network ends in bounded time with exit 5', async () => {
    const startedAt = performance.now();
    const { exit, code, message } = await refused('--env', 'demo', '--config', 'limits.toml', '--for', '60s');
    expect([exit, code]).toEqual([5, 'KMM_UNREACHABLE']);
    expect(message).toContain('this run has placed nothing');
    expect(performance.now() - startedAt).toBeLessThan(25_000);
  });
});

describe.concurrent('an unknown market', () => {
  it('is refused by the exchange, in virtual time and live', async () => {
    for (const [refuse, word] of [
      [refusedHere, '--speed=max'],
      [refused, '--headless'],
    ] as const) {
      const { exit, code, message } = await refuse('--for', '5s', '--markets', 'KXBTC15M,KXNOPE', word);
      expect([exit, code]).toEqual([2, 'KMM_TICKER_UNKNOWN']);
      expect(message).toContain('there is no market, event or series KXNOPE; ');
    }
  });
});

describe.concurrent('a key file', () => {
  function keyed(keyFile: string, keyId = listening.keyId): string[] {
    return ['--sim-url', listening.rest, '--key-id', keyId, '--key-file', keyFile, '--for', '5s'];
  }

  it.each([
    ['that others may read', () => file('open.pem', 'x', 0o644), 'KMM_KEY_MODE', 'chmod 600'],
    ['that is missing', () => '/nowhere/key.pem', 'KMM_KEY_UNREADABLE', '/nowhere/key.pem cannot be read'],
    ['that holds no key', () => file('garbage.pem', 'not a key'), 'KMM_KEY_INVALID', 'garbage.pem'],
  ])('%s is refused with exit 4', async (_, made, code, what) => {
    const said = await refusedHere(...keyed(made()));
    expect(said).toMatchObject({ exit: 4, code, message: expect.stringContaining(what) });
  });

  it('of somebody else is refused by the exchange, with exit 4', async () => {
    const { exit, code } = await refused(...keyed(file('other.pem', generateKeyPair('rsa').privateKey)));
    expect([exit, code]).toEqual([4, 'KMM_KEY_REFUSED']);
  });
});

describe.concurrent('an exchange', () => {
  it('that does not answer ends the run with exit 5, and says that nothing was placed', async () => {
    const words = ['--sim-url', 'http://127.0.0.1:1', '--key-id', 'x', '--key-file', 'key.pem', '--for', '5s'];
    const { exit, code, message } = await refused(...words);
    expect([exit, code]).toEqual([5, 'KMM_UNREACHABLE']);
    expect(message).toContain('nothing answers at http://127.0.0.1:1/trade-api/v2');
    expect(message).toContain('this run has placed nothing');
  });

  it('on a port that is taken already is not served', async () => {
    const { exit, records } = await jsonHere(here, ['sim', 'serve', '--port', new URL(listening.rest).port]);
    expect([exit, records[0].error.code]).toEqual([3, 'KMM_PORT_IN_USE']);
  });
});

describe.concurrent('a data directory', () => {
  it('that others may write to is refused', async () => {
    const open = here.apart();
    mkdirSync(open.home.directory, { recursive: true });
    chmodSync(open.home.directory, 0o777);
    const { exit, records } = await jsonHere(open, ['run', '--for', '5s', '--speed', 'max']);
    expect([exit, records[0].error.code]).toEqual([3, 'KMM_HOME']);
  });
});
