/** `kmm markets …` and `kmm book` as people type them, on one served exchange that they find by themselves. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { place, type Running } from '../support/cli.ts';
import { compose } from '../support/composed-account.ts';
import { jsonHere, kmmHere } from '../support/kmm-here.ts';

const here = place({}, afterAll);
let exchange: Running;
let rest = '';

beforeAll(async () => {
  exchange = here.start('sim', 'serve', '--port', '0', '--json');
  ({ rest } = await exchange.record(({ type }) => type === 'listening'));
}, 30_000);

describe('a served exchange', () => {
  it('is found by every command that looks, which says so once', async () => {
    const [list, show, search, top] = await Promise.all([
      kmmHere(here, ['markets', 'list', '--series', 'KXBTCD']),
      kmmHere(here, ['markets', 'show', 'KXBTC15M', '--utc']),
      jsonHere(here, ['markets', 'search', 'new', 'york']),
      here.json('book', 'KXBTC15M', 'KXBTCD', '--top', '--once'),
    ]);
    for (const { exit, stderr } of [list, show, search, top]) {
      expect([exit, stderr]).toEqual([0, `looking at kmm sim serve (pid ${exchange.pid}, ${rest})\n`]);
    }
    expect(list.stdout).toMatch(/^TICKER +TITLE +.*CLOSES\n(KXBTCD-.*\n){5}$/);
    expect(show.stdout).toContain('  fees          takers pay 7 % x P x (1 - P) a contract, makers nothing\n');
    expect(search.records).toMatchObject([{ type: 'search', schemaVersion: 1, isCut: false }]);
    expect(search.records[0].hits[0].ticker).toMatch(/^KXHIGHNY/);
    expect(top.records.length).toBeGreaterThan(5);
    for (const record of top.records)
      expect(record).toMatchObject({ type: 'top', schemaVersion: 1, state: 'ok', side: 'yes' });
  });

  it('gives one object, plain lines, or a table that follows on', async () => {
    const book = here.start('book', 'KXBTC15M', 'KXBTCD', '--trades', '--json');
    const [{ records }, plain] = await Promise.all([
      jsonHere(here, ['markets', 'list', '--sort', 'close', '--limit', '3']),
      kmmHere(here, ['markets', 'list', '--plain', '--quiet']),
      book.record(({ type }) => type === 'trade'),
      book.record(({ type }) => type === 'book'),
    ]);
    book.signal('SIGINT');
    expect((await book.ended).exit).toBe(0);
    expect(records).toMatchObject([{ type: 'markets', isCut: false }]);
    expect(records[0].markets).toHaveLength(3);
    const lines = plain.stdout.trimEnd().split('\n');
    expect(lines.length).toBe(records[0].matched);
    for (const line of lines) expect(line.split('\t')).toHaveLength(10);
    expect(plain.stderr).toBe('');
  });
});

describe('the ranking and the rules', () => {
  it('come with scores, reasons and what is read of the text', async () => {
    const [rank, rules, seen] = await Promise.all([
      jsonHere(here, ['markets', 'rank', '--all']),
      jsonHere(here, ['markets', 'rules', 'KXHIGHNY']),
      kmmHere(here, ['markets', 'rules']),
    ]);
    expect(rank.records).toMatchObject([{ type: 'markets_rank', by: 'making', isCut: false, unread: [] }]);
    const [best] = rank.records[0].markets;
    expect(best).toMatchObject({ rank: 1, refusals: [], making: { score: best.value } });
    expect(rules.records[0].markets).toHaveLength(6);
    expect(rules.records[0].markets[0].reads).toMatch(/^the highest temperature of Central Park/);
    expect([seen.exit, seen.stdout]).toEqual([0, '']);
  });

  it('says of a market whose model is benched that it is not believed, unless nothing is to be done about that', async () => {
    const now = Date.now();
    const settled = Array.from({ length: 40 }, (_, n) => ({
      ...{ ticker: `KXBTC15M-${n}`, event_ticker: `KXBTC15M-${n}`, series_ticker: 'KXBTC15M', result: 'no', value: 0 },
      ...{ close_at: now - (n + 1) * 900_000, settled_at: now - n * 900_000 },
    }));
    mkdirSync(here.home.directory, { recursive: true, mode: 0o700 });
    compose(here.home.database, {
      sessions: [{ session: 1, started_at: now - 40 * 900_000 }],
      estimated_markets: settled,
      estimates: settled.map(({ ticker, close_at }) => ({
        ...{ ticker, horizon_s: 60, at: close_at - 60_000, probability: 0.55 },
      })),
    });
    const asked = ['markets', 'rank', '--series', 'KXBTC15M', '--all'];
    const refusalsBy = async (variables: Record<string, string>) => {
      const there = { ...here, variables: { ...here.variables, ...variables } };
      const { records } = await jsonHere(there, asked);
      return records[0].markets[0].refusals;
    };
    const text = 'not believed, micro in KXBTC15M: it has begun to drift: less comes true than it says (40 events)';
    expect(await refusalsBy({})).toContainEqual({ code: 'benched', text, isLasting: false });
    expect(await refusalsBy({ KMM_HONESTY_IS_ENFORCED: 'false' })).not.toContainEqual(
      expect.objectContaining({ code: 'benched' }),
    );
  });

  it.each([
    [['markets', 'rank', '--series', 'KX-1'], 2, 'is no series'],
    [['markets', 'rank', '--series', 'KXNOPE'], 2, 'KMM_TICKER_UNKNOWN'],
    [['run', '--auto', '11', '--speed', 'max', '--for', '1s'], 2, 'must not pass selection.markets_max = 10'],
    [['run', '--auto', 'many', '--speed', 'max', '--for', '1s'], 2, 'must be 0 to 50 markets'],
  ])('refuse %j', async (words, exit, text) => {
    const ended = await kmmHere(here, words);
    expect([ended.exit, ended.stderr]).toEqual([exit, expect.stringContaining(text)]);
  });
});

describe('bad input', () => {
  it.each<[string, number, string, string]>([
    [
      'markets list --closes-within soon',
      2,
      'KMM_USAGE',
      '--closes-within soon is no duration: say 90s, 10m, 2h or 3d',
    ],
    [
      'markets list --closes-within 1h --closes-after 2h',
      2,
      'KMM_USAGE',
      '--closes-after is not before --closes-within',
    ],
    ['markets list --volume-min -3', 2, 'KMM_USAGE', '--volume-min -3 is no count of contracts'],
    ['markets list --status live', 2, 'KMM_USAGE', 'Expected --status=live to be one of: unopened, open,'],
    ['markets list --plain', 2, 'KMM_USAGE', '--json'],
    ['markets list --series KXBTCX', 2, 'KMM_TICKER_UNKNOWN', 'did you mean KXBTCD?'],
    ['markets show', 2, 'KMM_USAGE', 'ticker'],
    ['markets show KXBTC5M', 2, 'KMM_TICKER_UNKNOWN', 'did you mean KXBTC15M?'],
    ['markets search', 2, 'KMM_USAGE', 'words'],
    ['book', 2, 'KMM_USAGE', 'tickers'],
    ['book KXBTC15M --once --trades', 2, 'KMM_USAGE', '--once'],
    [
      'book KXBTC15M KXHIGHNI --once',
      2,
      'KMM_TICKER_UNKNOWN',
      'no market, event or series KXHIGHNI (did you mean KXHIGHNY?)',
    ],
  ])('%s', async (words, exit, code, what) => {
    const ended = await jsonHere(here, words.split(' '));
    expect(ended).toMatchObject({ exit, records: [{ error: { code, message: expect.stringContaining(what) } }] });
    expect(ended.records[0].error.suggestions.length).toBeGreaterThan(0);
  });
});

describe('an exchange that cannot be read', () => {
  const keyFile = join(here.directory, 'key.pem');
  beforeAll(() => {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  });
  const COMMANDS = ['markets list', 'markets show KXBTC15M', 'markets search bitcoin', 'book KXBTC15M --once'];

  async function failures(url: string) {
    const flags = ['--sim-url', url, '--key-id', 'k', '--key-file', keyFile];
    const ended = await Promise.all(COMMANDS.map((words) => jsonHere(here, [...words.split(' '), ...flags])));
    return ended.map(({ exit, records }) => [exit, records[0].error.code, records[0].error.message]);
  }

  it('because its port is closed', async () => {
    for (const failure of await failures('http://127.0.0.1:1')) {
      expect(failure).toEqual([
        5,
        'KMM_UNREACHABLE',
        expect.stringContaining('nothing answers at http://127.0.0.1:1/'),
      ]);
    }
  });

  it('because its answers make no sense', async () => {
    const server = createServer((request, response) => {
      const isClock = request.url?.endsWith('/sim/clock') === true;
      response.end(isClock ? JSON.stringify({ now_ms: Date.now(), speed: 1 }) : '{"series":{"ticker":7}}');
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    for (const failure of await failures(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)) {
      expect(failure).toEqual([5, 'KMM_UNREACHABLE', expect.stringContaining('not understood')]);
    }
  });
});

it('a served exchange takes its announcement with it', async () => {
  const announced = () => readdirSync(here.home.directory).filter((name) => name.startsWith('serving-'));
  expect(announced()).toHaveLength(1);
  exchange.signal('SIGTERM');
  expect((await exchange.ended).exit).toBe(0);
  expect(announced()).toEqual([]);
});
