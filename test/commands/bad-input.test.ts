/**
 * For each command what people get wrong: which code, which words, what to do next, which exit code. Nothing is sent: the
 * served exchange says so at the end. Answered inside this process, so that a row costs milliseconds.
 */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateKeyPair } from '../../src/lib/adapters/kalshi/sign.ts';
import type { SimEvent } from '../../src/lib/app/sim/sim-events.ts';
import { type SimServing, serveSim } from '../../src/lib/app/sim/sim-serve.ts';
import { PASSPHRASE, privateFile, storedIn } from '../support/keys.ts';
import { jsonHere } from '../support/kmm-here.ts';
import { LIMITS } from '../support/limits.ts';
import type { Json } from '../support/sim-client.ts';
import { tempDir } from '../support/temp-dir.ts';

/** Words of the command line, exit code, code, words of the message, and of the first next step. */
type Row = readonly [words: string, exit: number, code: string, what: string, next: string];

async function expectRow(
  directory: string,
  words: string,
  [exit, code, what, next]: readonly [number, ...string[]],
  variables: Readonly<Record<string, string>> = {},
) {
  const ended = await jsonHere({ directory, variables }, words.split(' '));
  const said = ended.records.at(-1)?.error;
  expect([words, ended.exit, said?.code]).toEqual([words, exit, code]);
  expect(said.message).toContain(what);
  expect(said.suggestions[0]).toContain(next);
}

/** Every command that asks the exchange something and ends. */
const LOOKS = [
  'markets list',
  'markets show KXBTC15M',
  'markets search rain',
  'book KXBTC15M --once',
  'quote KXBTC15M',
  'trade orders',
  'trade fills',
  'trade positions',
  'trade balance',
  'trade queue',
  'auth check',
];
const WRITES = [
  'trade buy KX-1 1 45',
  'trade sell KX-1 1 45',
  'trade cancel o-1',
  'trade amend o-1 --count 1',
  'trade decrease o-1 --by 1',
  'trade transfer 5 --from 0 --to 2 --yes',
];

describe('the four verbs', () => {
  const directory = tempDir(afterAll);

  it.each<Row>([
    ['pause', 2, 'KMM_NOT_CONFIRMED', 'pause all markets in sim must be confirmed', '--yes'],
    ['pause --yes', 2, 'KMM_USAGE', 'nothing has run in sim yet', 'kmm run'],
    ['stop', 2, 'KMM_NOT_CONFIRMED', 'stop the kmm run of sim must be confirmed', '--yes'],
    ['resume KILLED --yes', 2, 'KMM_USAGE', 'no halt KILLED is on in sim; there are: none', 'kmm resume --help'],
    ['flatten', 2, 'KMM_USAGE', 'ticker', 'kmm flatten --help'],
    ['flatten KX-1', 2, 'KMM_USAGE', '--cost-dollars-max is missing', 'kmm flatten --help'],
    ['flatten KX-1 --cost-dollars-max 0', 2, 'KMM_USAGE', 'no amount of dollars above 0', 'kmm flatten --help'],
    ['flatten KX-1 --cost-dollars-max 1 --within soon', 2, 'KMM_USAGE', '--within soon is no duration', 'kmm flatten'],
    ['flatten KX-1 --cost-dollars-max 1 --yes', 5, 'KMM_SIM_NOT_RUNNING', '', 'kmm'],
  ])('%s', async (words, ...row) => {
    await expectRow(directory, words, row);
  });
});

describe('without a network', () => {
  const directory = tempDir(afterAll);
  const file = privateFile(join(directory, 'key.pem'), generateKeyPair('ed25519').privateKey);

  it.each([...LOOKS, ...WRITES])('%s', async (words) => {
    const where = `--sim-url http://127.0.0.1:1 --key-id k --key-file ${file}`;
    await expectRow(directory, `${words} ${where}`, [5, 'KMM_UNREACHABLE', 'ECONNREFUSED', 'check the network']);
  });
});

describe('without a key', () => {
  const directory = tempDir(afterAll);
  privateFile(join(directory, 'config.toml'), `schema = "kmm/1"\nenvironment = "demo"\n${LIMITS}`);

  it.each([...LOOKS, ...WRITES, 'run', 'kill', 'auth forget'])('%s', async (words) => {
    await expectRow(directory, `${words} --env demo`, [4, 'KMM_KEY_MISSING', 'demo', 'kmm auth import FILE']);
  });

  it.each(['auth import', 'auth rotate'])('%s', async (words) => {
    await expectRow(directory, `${words} key.pem --key-id k --env demo`, [4, 'KMM_KEY_UNREADABLE', 'key.pem', 'ls -l']);
  });
});

describe('in a shell that checks no TLS (S9)', () => {
  const directory = tempDir(afterAll);
  privateFile(join(directory, 'config.toml'), `schema = "kmm/1"\nenvironment = "demo"\n${LIMITS}`);
  storedIn(join(directory, 'data'), 'demo', 'demo-1');

  it.each(['trade orders', 'auth check', 'run'])('%s', async (words) => {
    const name = 'NODE_TLS_REJECT_UNAUTHORIZED';
    const said = [3, 'KMM_TLS', name, `unset ${name}`] as const;
    await expectRow(directory, `${words} --env demo`, said, { [name]: '0' });
  });
});

describe('with the wrong passphrase', () => {
  const directory = tempDir(afterAll);
  storedIn(join(directory, 'data'), 'demo', 'demo-1');
  privateFile(join(directory, 'pass'), 'six other words are no good', 0o400);
  const named = 'demo.passphrase_file = "pass"';
  privateFile(join(directory, 'config.toml'), `schema = "kmm/1"\nenvironment = "demo"\n${named}\n${LIMITS}`);

  // One of each way to the key: every command goes one of these.
  it.each(['markets list', 'trade orders', 'trade cancel o-1', 'auth check', 'run', 'kill'])('%s', async (words) => {
    const said = [4, 'KMM_KEY_PASSPHRASE', 'does not open the key', 'passphrase'] as const;
    await expectRow(directory, `${words} --env demo`, said);
  });
});

describe('with the key of demo on production', () => {
  const directory = tempDir(afterAll);
  const { file } = storedIn(join(directory, 'data'), 'demo', 'demo-1');
  privateFile(join(directory, 'pass'), PASSPHRASE, 0o400);
  const named = `prod.key_id = "demo-1"\nprod.key_file = "${file}"\nprod.passphrase_file = "pass"`;
  privateFile(join(directory, 'config.toml'), `schema = "kmm/1"\nenvironment = "prod"\n${named}\n${LIMITS}`);
  const stamped = [4, 'KMM_KEY_ENV', 'the key is stamped demo', 'check --env'] as const;

  it.each([...LOOKS, 'trade cancel o-1', 'trade decrease o-1 --by 1', 'run', 'kill'])('%s', async (words) => {
    await expectRow(directory, `${words} --env prod`, stamped);
  });

  it('auth arm', () => expectRow(directory, 'auth arm prod --for 1h --exposure-dollars-max 5', stamped));

  it.each([
    'trade buy KX-1 1 45',
    'trade sell KX-1 1 45',
    'trade amend o-1 --count 1',
    'trade transfer 5 --from 0 --to 2',
  ])('%s, which is refused before any key is looked at', (words) =>
    expectRow(directory, `${words} --env prod`, [6, 'KMM_PROD_NOT_ARMED', 'not armed', 'kmm auth arm prod']),
  );
});

describe('on the command line', () => {
  const help = (command: string) => `kmm ${command} --help`;
  const rows: readonly Row[] = [
    ['trade buy KX-1 0 45', 2, 'KMM_ORDER_SIZE', '0 is no number of contracts', 'kmm config show'],
    ['trade sell KX-1 1.005 45', 2, 'KMM_ORDER_SIZE', '1.005 is no number of contracts', 'kmm config show'],
    ['trade buy KX-1 1 0.5', 2, 'KMM_USAGE', 'write 0.5c or $0.5', help('trade buy')],
    ['trade sell KX-1 1 100', 2, 'KMM_USAGE', '100 is no price', help('trade sell')],
    ['trade buy KX-1 1 45 --tif later', 2, 'KMM_USAGE', '--tif later is none of', help('trade buy')],
    [
      'trade buy KX-1 1 45 --tif ioc --post-only',
      2,
      'KMM_USAGE',
      '--post-only is for orders that rest',
      help('trade buy'),
    ],
    ['trade buy KX-1 1', 2, 'KMM_USAGE', 'Missing 1 required arg', help('trade buy')],
    ['trade cancel', 2, 'KMM_USAGE', 'name one order, or give --all', help('trade cancel')],
    ['trade cancel o-1 --all', 2, 'KMM_USAGE', 'name one order, or give --all', help('trade cancel')],
    ['trade amend o-1', 2, 'KMM_USAGE', 'nothing to amend', help('trade amend')],
    ['trade amend o-1 --count 0', 2, 'KMM_ORDER_SIZE', '0 is no number of contracts', 'kmm config show'],
    ['trade amend o-1 --price 45', 2, 'KMM_USAGE', '--price needs --side', help('trade amend')],
    ['trade decrease o-1', 2, 'KMM_USAGE', 'give one of --by and --to', help('trade decrease')],
    ['trade decrease o-1 --by 0', 2, 'KMM_ORDER_SIZE', '0 is no number of contracts', 'kmm config show'],
    ['trade transfer 5 --from 0 --to 0', 2, 'KMM_USAGE', 'shard 0 is both', help('trade transfer')],
    ['trade transfer 0.00001 --from 0 --to 2', 2, 'KMM_USAGE', '0.00001 is no amount', help('trade transfer')],
    ['trade orders --since soon', 2, 'KMM_USAGE', '--since soon is neither', help('trade orders')],
    ['trade fills --all --since 1d', 2, 'KMM_USAGE', '--since=1d cannot also be provided', help('trade fills')],
    ['trade buy KX-1 1 45', 5, 'KMM_SIM_NOT_RUNNING', 'no embedded exchange runs here', 'kmm run'],
    ['trade orders', 5, 'KMM_SIM_NOT_RUNNING', 'no embedded exchange runs here', 'kmm run'],
    ['auth import key.pem --key-id k', 2, 'KMM_USAGE', 'none is named', '--env demo'],
    ['auth forget', 2, 'KMM_USAGE', 'none is named', '--env demo'],
    ['auth rotate key.pem --key-id k', 2, 'KMM_USAGE', 'none is named', '--env demo'],
    [
      'auth arm demo --for 8h --exposure-dollars-max 5',
      2,
      'KMM_USAGE',
      'Expected demo to be one of: prod',
      help('auth arm'),
    ],
    ['auth arm prod --for 8h', 2, 'KMM_USAGE', 'Missing required flag exposure-dollars-max', help('auth arm')],
    ['auth disarm sim', 2, 'KMM_USAGE', 'Expected sim to be one of: prod', help('auth disarm')],
    ['auth check --key-id k', 2, 'KMM_USAGE', '--sim-url', help('auth check')],
    ['quote KXBTC15M --inventory many', 2, 'KMM_USAGE', '--inventory many is no count', help('quote')],
    ['quote KXBTC15M --fair wild', 2, 'KMM_USAGE', '--fair wild: must be micro, mid', help('quote')],
    ['book KXBTC15M --depth 0', 2, 'KMM_USAGE', 'greater than or equal to 1', help('book')],
    ['markets list --limit 0', 2, 'KMM_USAGE', 'greater than or equal to 1', help('markets list')],
    ['record import', 2, 'KMM_USAGE', 'Missing 1 required arg', help('record import')],
    ['record import nowhere.jsonl', 2, 'KMM_RECORDING_BAD', 'nowhere.jsonl', 'look at its first line'],
    ['replay nowhere.tape', 2, 'KMM_TAPE_UNREADABLE', 'nowhere.tape', 'kmm record import'],
    ['replay nowhere.tape --turn 0', 2, 'KMM_USAGE', 'greater than or equal to 1', help('replay')],
    ['run --for soon', 2, 'KMM_USAGE', 'soon', help('run')],
    ['run --speed 0', 2, 'KMM_USAGE', '0', help('run')],
    ['run --outcomes file.csv', 2, 'KMM_USAGE', '--background', help('run')],
    ['run --config nowhere.toml', 3, 'KMM_CONFIG_UNREADABLE', 'nowhere.toml', ''],
    ['sim serve --port 70000', 2, 'KMM_USAGE', 'less than or equal to 65535', help('sim serve')],
    ['sim serve --speed fast', 2, 'KMM_USAGE', 'fast', help('sim serve')],
    ['sim serve --mischief nowhere.json', 2, 'KMM_MISCHIEF_BAD', 'nowhere.json', ''],
    ['sim serve --key onlyaname', 2, 'KMM_USAGE', 'onlyaname', ''],
    ['kill now', 2, 'KMM_USAGE', 'there is no command "kill now"', 'kmm --help'],
    ['config show --env live', 2, 'KMM_USAGE', 'Expected --env=live to be one of', help('config show')],
    ['config show --config nowhere.toml', 3, 'KMM_CONFIG_UNREADABLE', 'nowhere.toml', ''],
    ['db backup', 3, 'KMM_DB_UNREADABLE', 'sim has no database yet', 'kmm run'],
    ['db backup --keep 0', 2, 'KMM_USAGE', 'greater than or equal to 1', help('db backup')],
    ['db backup --encrypt', 4, 'KMM_KEY_PASSPHRASE', 'there is nobody to ask', '--passphrase-file FILE'],
    ['db check', 3, 'KMM_DB_UNREADABLE', 'sim has no database yet', 'kmm run'],
    ['db check --env prod', 3, 'KMM_DB_UNREADABLE', 'prod has no database yet', 'kmm run'],
    ['db restore', 2, 'KMM_USAGE', 'Missing 1 required arg', help('db restore')],
    ['db restore nowhere.db', 2, 'KMM_BACKUP_UNREADABLE', 'nowhere.db', 'kmm db restore'],
    ['db restore data', 2, 'KMM_BACKUP_UNREADABLE', 'EISDIR', 'kmm db restore'],
    ['db sql SELECT', 3, 'KMM_DB_UNREADABLE', 'sim has no database yet', 'kmm run'],
    ['db sql', 2, 'KMM_USAGE', 'Missing 1 required arg', help('db sql')],
    ['report daily --date 2026-02-30', 2, 'KMM_USAGE', '2026-02-30 is no day', help('report daily')],
    ['report weekly --date soon', 2, 'KMM_USAGE', 'soon is no day', help('report weekly')],
    ['report monthly --date 2026-11', 2, 'KMM_USAGE', '2026-11 is no day', help('report monthly')],
    ['report daily --format pdf', 2, 'KMM_USAGE', 'Expected --format=pdf to be one of', help('report daily')],
    ['report daily --alert', 2, 'KMM_USAGE', '--if-due', help('report daily')],
    ['report weekly', 3, 'KMM_DB_UNREADABLE', 'sim has no database yet', 'kmm run'],
    ['report scoreboard --window year', 2, 'KMM_USAGE', 'Expected --window=year', help('report scoreboard')],
    ['report scoreboard --date 20261120', 2, 'KMM_USAGE', '20261120 is no day', help('report scoreboard')],
    ['report tax', 2, 'KMM_USAGE', 'Missing required flag year', help('report tax')],
    ['report tax --year 26', 2, 'KMM_USAGE', '26 is no year', help('report tax')],
    ['report tax --year 2026 --method lifo', 2, 'KMM_USAGE', 'Expected --method=lifo', help('report tax')],
    ['report tax --year 2026 --compare', 5, 'KMM_SIM_NOT_RUNNING', 'no embedded exchange runs here', 'kmm run'],
    ['report pnl --by moon', 2, 'KMM_USAGE', 'Expected --by=moon to be one of', help('report pnl')],
    ['export trades', 2, 'KMM_USAGE', 'Expected trades to be one of', help('export')],
    ['export fills --format xml', 2, 'KMM_USAGE', 'Expected --format=xml to be one of', help('export')],
    ['export fills --format parquet', 2, 'KMM_EXPORT_FORMAT', 'this kmm does not have', '--format csv'],
    ['export fills --from soon', 2, 'KMM_USAGE', 'soon is no day', help('export')],
    ['export fills --from 2026-11-21 --to 2026-11-20', 2, 'KMM_USAGE', 'lies before', help('export')],
    ['export fills --out no/folder/x.csv', 2, 'KMM_OUT', 'is no folder', 'name another file'],
    ['export fills --out /dev/null', 2, 'KMM_OUT', '/dev/null is no file', 'name another file'],
    ['export fills', 3, 'KMM_DB_UNREADABLE', 'sim has no database yet', 'kmm run'],
    ['settle --since soon', 2, 'KMM_USAGE', '--since soon is neither', help('settle')],
    ['settle --repair --dry-run', 2, 'KMM_USAGE', 'cannot also be provided', help('settle')],
    ['settle', 5, 'KMM_SIM_NOT_RUNNING', 'no embedded exchange runs here', 'kmm run'],
    ['risk check hold 2 KX-1 @ 3c', 2, 'KMM_USAGE', 'hold is neither buy nor sell', help('risk check')],
    ['risk check buy 0 KX-1 @ 3c', 2, 'KMM_ORDER_SIZE', '0 is no number of contracts', 'kmm config show'],
    ['risk check buy 2 KX-1 @ 100', 2, 'KMM_USAGE', '100 is no price', help('risk check')],
    ['risk show --offline', 2, 'KMM_USAGE', 'nothing has run in sim yet', 'kmm run'],
    ['risk clear NOPE', 2, 'KMM_USAGE', 'no halt NOPE is on in sim', 'kmm risk clear'],
    ['risk stress --shock-cents 101', 2, 'KMM_USAGE', '--shock-cents 101 is no move', help('risk stress')],
    ['risk stress --pmf nowhere.json', 2, 'KMM_USAGE', 'nowhere.json is no file of chances', help('risk stress')],
    ['risk reconcile', 5, 'KMM_SIM_NOT_RUNNING', 'no embedded exchange runs here', 'kmm run'],
    ['alert list --limit 0', 2, 'KMM_USAGE', 'greater than or equal to 1', help('alert list')],
    ['alert ack', 2, 'KMM_USAGE', 'name one alert, by id or key, or say --all', 'kmm alert list'],
    ['alert ack 5 --all', 2, 'KMM_USAGE', 'name one alert, by id or key, or say --all', 'kmm alert list'],
    ['alert ack 5', 2, 'KMM_ALERT_UNKNOWN', 'no alert has the id 5', 'kmm alert list'],
    ['alert send words --priority loud', 2, 'KMM_USAGE', 'Expected --priority=loud', help('alert send')],
    ['alert send ', 2, 'KMM_USAGE', 'an alert without words', help('alert send')],
    ['alert test', 3, 'KMM_ALERT_CHANNEL', 'no alert channel is configured', 'url_file'],
    ['alert test fax', 2, 'KMM_USAGE', 'Expected fax to be one of', help('alert test')],
    ['explain KMM_LOKED', 2, 'KMM_USAGE', 'did you mean KMM_LOCKED?', 'kmm explain'],
  ];
  const directory = tempDir(afterAll);

  it.each(rows)('%s', (words, ...said) => expectRow(directory, words, said));
});

describe('on a served exchange', () => {
  const directory = tempDir(afterAll);
  const events: SimEvent[] = [];
  let serving: SimServing;
  let open: Json;
  let closed: Json;

  const control = (body: object) =>
    fetch(`${serving.listening.rest}/sim/control`, {
      method: 'POST',
      headers: { authorization: `Bearer ${serving.listening.controlToken}` },
      body: JSON.stringify(body),
    });

  beforeAll(async () => {
    const keyDirectory = join(directory, 'keys');
    serving = await serveSim({
      seed: 'bad input',
      background: [],
      speed: 1,
      port: 0,
      keyKind: 'ed25519',
      keyDirectory,
    });
    serving.onEvent((event) => events.push(event));
    const listed = await fetch(`${serving.listening.rest}/markets?series_ticker=KXHIGHNY&status=open`);
    const { markets } = (await listed.json()) as Json;
    // An order at 1¢ is to rest there, whatever the weather of this hour makes of the others.
    open = markets.find(({ yes_ask_dollars: ask }: Json) => Number(ask) > 0.02);
    closed = markets.find((one: Json) => one !== open);
    await control({ action: 'close_early', market_ticker: closed.ticker });
  });
  afterAll(() => serving.close());

  /** OPEN, CLOSED and TYPO stand for tickers of the day. */
  const rows: readonly Row[] = [
    ['trade buy OPEN 1 45.5', 2, 'KMM_PRICE_OFF_GRID', 'near it are 0.4500 and 0.4600', 'take one of'],
    ['trade sell OPEN 1 45.5 --side no', 2, 'KMM_PRICE_OFF_GRID', 'takes no price of', 'take one of'],
    ['trade buy OPEN 9999 1', 6, 'KMM_RISK_REFUSED', 'order size would be 9999.00 of', 'kmm config show'],
    ['trade buy OPEN 1 2 --tif gtt:1', 2, 'KMM_ORDER_LEASE', 'may rest 10 to 600 s', '--tif gtt:60'],
    ['trade buy OPEN 1 2 --tif gtc', 2, 'KMM_ORDER_LEASE', 'renewed by a running trader', '--tif gtt:600'],
    ['trade buy CLOSED 1 45', 2, 'KMM_TICKER_CLOSED', 'does not trade', 'name the series'],
    ['trade sell CLOSED 1 45', 2, 'KMM_TICKER_CLOSED', 'does not trade', 'name the series'],
    ['book CLOSED --once', 2, 'KMM_TICKER_CLOSED', 'is open or to come', 'name the series'],
    ['quote CLOSED', 2, 'KMM_TICKER_CLOSED', 'is open now', 'name the series'],
    ['trade buy TYPO 1 45', 2, 'KMM_TICKER_UNKNOWN', 'did you mean KXHIGHNY-', 'kmm markets show KXHIGHNY-'],
    ['trade sell KXBTC15N-1 1 45', 2, 'KMM_TICKER_UNKNOWN', 'did you mean KXBTC15M?', 'kmm markets show KXBTC15M'],
    ['book KXBTC15N --once', 2, 'KMM_TICKER_UNKNOWN', 'did you mean KXBTC15M?', 'kmm markets show KXBTC15M'],
    ['quote KXBTC15N', 2, 'KMM_TICKER_UNKNOWN', 'did you mean KXBTC15M?', 'kmm markets show KXBTC15M'],
    ['markets show TYPO', 2, 'KMM_TICKER_UNKNOWN', 'did you mean KXHIGHNY-', 'kmm markets show KXHIGHNY-'],
    ['markets list --event TYPO', 2, 'KMM_TICKER_UNKNOWN', 'did you mean KXHIGHNY-', 'kmm markets show KXHIGHNY-'],
    ['trade cancel o-1', 2, 'KMM_ORDER_GONE', 'no order o-1 of this account rests', 'kmm trade orders'],
    ['trade amend o-1 --count 2', 2, 'KMM_ORDER_GONE', 'no order o-1', 'kmm trade orders'],
    ['trade decrease o-1 --by 1', 2, 'KMM_ORDER_GONE', 'no order o-1', 'kmm trade orders'],
    ['trade transfer 5 --from 0 --to 2', 2, 'KMM_NOT_CONFIRMED', 'there is nobody to ask', '--yes'],
    ['trade transfer 99999 --from 0 --to 2 --yes', 6, 'KMM_CASH_SHARD', 'less than $99999', 'kmm trade balance'],
  ];

  const at = () => {
    const { rest, keyId, privateKeyFile } = serving.listening;
    return ` --sim-url ${rest} --key-id ${keyId} --key-file ${privateKeyFile}`;
  };
  const named = (words: string) =>
    words.replace('OPEN', open.ticker).replace('CLOSED', closed.ticker).replace('TYPO', open.ticker.slice(0, -1));

  it.each(rows)('%s', (words, ...said) => expectRow(directory, named(words) + at(), said));

  it('with a paused shard', async () => {
    await control({ action: 'pause', exchange_index: open.exchange_index });
    const paused = [5, 'KMM_EXCHANGE_PAUSED', 'does not trade now', 'wait for the resume time'] as const;
    await expectRow(directory, named('trade buy OPEN 1 2') + at(), paused);
    await expectRow(directory, named('trade sell OPEN 1 98') + at(), paused);
    const quote = await jsonHere({ directory, variables: {} }, (named('quote OPEN') + at()).split(' '));
    expect(quote.records[0].markets[0]).toMatchObject({ gate: { name: 'CLOSED' }, bid: { price: null } });
  });

  it('sends nothing', () => {
    expect(events.filter(({ type }) => type === 'order' || type === 'fill')).toEqual([]);
  });
});
