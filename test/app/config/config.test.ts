import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { loadAccess } from '../../../src/lib/app/config/access.ts';
import { loadConfiguration, originText } from '../../../src/lib/app/config/config.ts';
import type { Host, LayersRequest } from '../../../src/lib/app/config/config-layers.ts';
import { SIM_PRESET, schemaPaths } from '../../../src/lib/app/config/config-schema.ts';
import { KmmError } from '../../../src/lib/app/errors/errors.ts';
import { RELEASES } from '../../../src/lib/core/clock/release-dates.ts';
import { LIMITS } from '../../support/limits.ts';

const EXAMPLE = fileURLToPath(new URL('../../../config.example.toml', import.meta.url));
const roots: string[] = [];

afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

/** A machine of its own with these files (relative paths) and variables. */
function hostWith(files: Record<string, string> = {}, variables: Record<string, string> = {}): Host {
  const root = mkdtempSync(join(tmpdir(), 'kmm-config-'));
  roots.push(root);
  const all: Record<string, string> = { 'work/.keep': '', 'home/.keep': '', ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return {
    directory: join(root, 'work'),
    userHome: join(root, 'home'),
    systemFile: join(root, 'etc/config.toml'),
    variables,
  };
}

function failureOf(request: LayersRequest, load: (request: LayersRequest) => unknown = loadConfiguration): KmmError {
  try {
    load(request);
  } catch (error) {
    if (error instanceof KmmError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

function inFile(text: string): LayersRequest {
  return { environment: 'sim', host: hostWith({ 'work/config.toml': `schema = "kmm/1"\n${text}\n` }) };
}

/** The embedded exchange knows its own index. */
const LADDER = { kind: 'index-ladder', referenceAgeMsMax: 3_000 };
const INDEX = { prepMs: 600_000, makeMs: 300_000, freezeMs: 2_000, postMs: 60_000 };

describe('the preset', () => {
  test('prices the simulated index by itself, unless somebody types where fair values come from', () => {
    const seriesOf = (request: LayersRequest) => loadConfiguration(request).parameters.fairBySeries;
    const flags = [{ flag: '--fair', key: 'fair.source', value: 'micro' }];
    const typed = { KMM_FAIR_SOURCE: 'micro' };
    expect(seriesOf(inFile('[fair]\nsource = "average"'))).toEqual({ KXINX: LADDER, KXINXU: LADDER });
    expect(seriesOf({ ...inFile(''), flags })).toEqual({});
    expect(
      seriesOf({ ...inFile(''), host: { ...hostWith(), variables: { ...hostWith().variables, ...typed } } }),
    ).toEqual({});
    expect(seriesOf({ ...inFile('[fair.series]\nKXINX = "index"'), flags })).toEqual({ KXINX: LADDER });
  });

  test('lets sim start with no file at all, in the units of the core', () => {
    const { env, markets, parameters, entries, key, sim } = loadConfiguration({ environment: 'sim', host: hostWith() });
    expect(env).toBe('sim');
    expect(markets).toEqual(['KXBTC15M', 'KXBTCD', 'KXHIGHNY']);
    expect(parameters).toEqual({
      strategy: 'cara',
      fair: { kind: 'micro' },
      fairBySeries: { KXINX: LADDER, KXINXU: LADDER },
      clock: {
        series: { KXINX: INDEX, KXINXU: INDEX, KXNASDAQ100: INDEX, KXNASDAQ100U: INDEX },
        news: { beforeMs: 60_000, afterMs: 120_000, releases: RELEASES },
      },
      quoter: {
        as: { gammaPerCent: 0.01, kappaPerCent: 0.5, sigmaCentsPerRootHour: 5 },
        cara: { gammaPerDollar: 0.01, kPerDollar: 60, adverseDollars: 0.004, edgeDollars: 0.002 },
        glft: { gammaPerCent: 0.01, kPerCent: 0.6, fillsPerHour: 60, sigmaCentsPerRootHour: 5, fittedFills: 0 },
        regime: { preset: 'default', isVolatile: false, hoursMin: 0.5, liquidityDollarsMin: 5_000 },
        intervalWeight: 0.5,
        queueDollars: 0,
        incentiveDollars: {},
      },
      quoting: {
        orderSize: 500,
        hysteresis: 120,
        debounceMs: 1_000,
        leaseMs: 180_000,
        freezeMs: 60_000,
        messageAgeMsMax: 3_000,
        silenceMsMax: 5_000,
        minimumEdgeDollars: 0.001,
        cleanMs: 3_000,
        binsMax: 4,
      },
      risk: {
        ...{ marketLoss: 50_000_000, strikeShare: 2_000, eventLoss: 100_000_000, groupLoss: 150_000_000, groups: [] },
        ...{ totalLoss: 300_000_000, position: 10_000, groupImbalance: 20_000, totalImbalance: 40_000 },
        ...{ orderSize: 2_500, orderValue: 25_000_000, handPrice: 2_000, ordersPerMinute: 600 },
        ...{ sentMinute: 500_000, sentDay: 100_000_000, dayLoss: 50_000_000, dayLossShare: 500 },
        ...{ weekLoss: 100_000_000, weekLossShare: 500, drawdownShare: 1_000 },
        ...{ coolOffLosses: 10, coolOffMs: 600_000, exitCost: 5_000_000 },
      },
      inventory: {
        ...{ skewed: 1_000, oneSided: 2_000, exit: 5_000, exitTo: 2_000, skewPerTen: 100 },
        ...{ finalMs: 1_800_000, finalShare: 2_000, finalPosition: 500 },
        volume: { times: 300, windowMs: 60_000, averageMs: 600_000, sizeMin: 5_000, pauseMs: 60_000 },
        adverseFills: 30,
      },
      honesty: { isEnforced: true, probeSize: 100 },
      externalSkewCents: {},
      balanceStep: 100,
      feesPerContract: {},
    });
    expect([key, sim]).toEqual([undefined, undefined]);
    expect(new Set(entries.map(({ origin }) => originText(origin)))).toEqual(new Set(['preset']));
  });

  test.each(['demo', 'prod'] as const)('gives %s no limit and no market: each one missing is named', (environment) => {
    const error = failureOf({ environment, host: hostWith() });
    expect([error.code, error.exit]).toEqual(['KMM_CONFIG_MISSING', 3]);
    const { groups: _none, ...named } = SIM_PRESET.risk;
    const limits = Object.keys(named).map((name) => `risk.${name}`);
    expect(error.what).toBe(`${environment} has no value for markets.tickers, ${limits.join(', ')}`);
  });

  test('one missing limit is enough to refuse demo', () => {
    const text = `schema = "kmm/1"\n${LIMITS.replace('\nposition_contracts_max = 50', '')}`;
    const error = failureOf({ environment: 'demo', host: hostWith({ 'work/config.toml': text }) });
    expect(error.what).toBe('demo has no value for risk.position_contracts_max');
  });

  test('demo starts from a file that says markets and limits', () => {
    const host = hostWith({ 'work/config.toml': `schema = "kmm/1"\n${LIMITS}` });
    expect(loadConfiguration({ environment: 'demo', host }).parameters.risk.totalLoss).toBe(200_000_000);
  });

  test('a group has members and a limit of its own, in the order of the file', () => {
    const text = `schema = "kmm/1"\n${LIMITS}[risk.groups.btc]\nmembers = ["KXBTC15M", "KXBTCD"]\nloss_dollars_max = 12.5\n`;
    const { parameters } = loadConfiguration({ environment: 'demo', host: hostWith({ 'work/config.toml': text }) });
    expect(parameters.risk.groups).toEqual([{ name: 'btc', members: ['KXBTC15M', 'KXBTCD'], loss: 12_500_000 }]);
  });

  test.each([
    ['[risk.groups.BTC]\nmembers = ["KXBTC15M"]\nloss_dollars_max = 5', 'risk.groups.BTC'],
    ['[risk.groups.btc]\nmembers = ["KXBTC15M"]', 'risk.groups.btc.loss_dollars_max'],
    ['[risk.groups.btc]\nmembers = []\nloss_dollars_max = 5', 'risk.groups.btc.members'],
    ['[risk.groups.btc]\nmembers = ["KXBTC15M"]\nloss_dollars_max = 5\nlimit = 3', 'risk.groups.btc.limit'],
  ])('a group that is not whole is refused: %j', (group, named) => {
    expect(failureOf(inFile(group)).what).toContain(named);
  });

  test('inventory has its steps in order', () => {
    expect(failureOf(inFile('[inventory]\none_sided_above_contracts = 60')).what).toContain(
      'must not pass inventory.exit_above_contracts = 50',
    );
  });
});

describe('config.example.toml', () => {
  const text = readFileSync(EXAMPLE, 'utf8');
  const uncommented = text.replace(/^# (\[[\w.-]+\]$|"?[\w.-]+"? = )/gm, '$1');

  test.each(['sim', 'demo', 'prod'] as const)('loads for %s as it is', (environment) => {
    const { parameters } = loadConfiguration({ environment, file: EXAMPLE, host: hostWith() });
    expect(parameters).toEqual(loadConfiguration({ environment: 'sim', host: hostWith() }).parameters);
  });

  test('shows every key of the schema, those that are optional as comments', () => {
    const host = hostWith({ 'work/config.toml': uncommented });
    const shown = loadConfiguration({ environment: 'sim', host }).entries;
    const keys = shown.filter(({ origin }) => origin.kind === 'file').map(({ key }) => key);
    const known = schemaPaths().map((path) => path.join('.'));
    expect(known.filter((key) => !keys.some((there) => there === key || there.startsWith(`${key}.`)))).toEqual([]);
  });
});

describe('precedence', () => {
  const layers = {
    'work/config.toml': 'schema = "kmm/1"\nquoting.lease_seconds = 101\nquoting.freeze_seconds = 11\n',
    'home/.config/kmm/config.toml': 'schema = "kmm/1"\n[quoting]\nlease_seconds = 102\nclean_seconds = 12\n',
    'etc/config.toml':
      'schema = "kmm/1"\n[quoting]\nlease_seconds = 103\nclean_seconds = 13\nsilence_seconds_max = 14\n',
  };

  test('is flag, variable, ./config.toml, the user file, /etc, the preset, key by key', () => {
    const variables = { KMM_QUOTING_LEASE_SECONDS: '100', KMM_QUOTER_STRATEGY: 'as' };
    const host = hostWith(layers, variables);
    const flags = [{ flag: '--strategy', key: 'quoter.strategy', value: 'regime' }];
    const { parameters, entries } = loadConfiguration({ environment: 'sim', host, flags });
    expect(parameters.strategy).toBe('regime');
    expect(parameters.quoting).toMatchObject({
      leaseMs: 100_000,
      freezeMs: 11_000,
      cleanMs: 12_000,
      silenceMsMax: 14_000,
    });
    const origins = new Map(entries.map(({ key, origin }) => [key, originText(origin)]));
    expect(origins.get('quoter.strategy')).toBe('--strategy');
    expect(origins.get('quoting.lease_seconds')).toBe('KMM_QUOTING_LEASE_SECONDS');
    expect(origins.get('quoting.freeze_seconds')).toBe(`${host.directory}/config.toml:3:1`);
    expect(origins.get('quoting.clean_seconds')).toBe(`${host.userHome}/.config/kmm/config.toml:4:1`);
    expect(origins.get('quoting.silence_seconds_max')).toBe(`${host.systemFile}:5:1`);
    expect(origins.get('quoting.hysteresis_cents')).toBe('preset');
  });

  test('--config reads that file and no other', () => {
    const host = hostWith({ ...layers, 'own.toml': 'schema = "kmm/1"\n' });
    const file = join(host.directory, '../own.toml');
    expect(loadConfiguration({ environment: 'sim', host, file }).parameters.quoting.leaseMs).toBe(180_000);
  });

  test('XDG_CONFIG_HOME moves the user file', () => {
    const host = hostWith({ 'xdg/kmm/config.toml': 'schema = "kmm/1"\nquoting.lease_seconds = 99\n' });
    const moved = { ...host, variables: { XDG_CONFIG_HOME: join(host.directory, '../xdg') } };
    expect(loadConfiguration({ environment: 'sim', host: moved }).parameters.quoting.leaseMs).toBe(99_000);
  });

  test('a variable names a list with commas', () => {
    const host = hostWith({}, { KMM_MARKETS_TICKERS: 'KXBTC15M, KXBTCD,KXBTCD' });
    expect(loadConfiguration({ environment: 'sim', host }).markets).toEqual(['KXBTC15M', 'KXBTCD']);
  });
});

describe('values', () => {
  test.each([
    ['quoting.order_size_contracts = 0.07', 'orderSize', 7],
    ['quoting.order_size_contracts = "12.5"', 'orderSize', 1250],
    ['quoting.order_size_contracts = 1_0', 'orderSize', 1000],
    ['quoting.hysteresis_cents = 0.29', 'hysteresis', 29],
    ['quoting.silence_seconds_max = 1.005', 'silenceMsMax', 1005],
  ])('%s is taken exactly', (line, name, value) => {
    expect(loadConfiguration(inFile(line)).parameters.quoting).toMatchObject({ [name]: value });
  });

  test('a fixed fair value has the standard error of its own key', () => {
    const { parameters } = loadConfiguration(inFile('fair.source = "fixed:0.42"\nfair.standard_error = 0.03'));
    expect(parameters.fair).toEqual({ kind: 'fixed', probability: 0.42, standardError: 0.03 });
  });

  test('skews are kept by ticker, also one with a dot', () => {
    const { parameters } = loadConfiguration(inFile('[skew_cents]\n"KXBTCD-26NOV2017-T104999.99" = -1.5'));
    expect(parameters.externalSkewCents).toEqual({ 'KXBTCD-26NOV2017-T104999.99': -1.5 });
  });

  test('what an unpublished fee type costs is kept by type, in microdollars per contract', () => {
    const { parameters } = loadConfiguration(inFile('[unpublished_fees_dollars_per_contract]\nflat = 0.0125'));
    expect(parameters.feesPerContract).toEqual({ flat: 12_500 });
    const wrong = inFile('unpublished_fees_dollars_per_contract.flat = -0.01');
    expect(() => loadConfiguration(wrong)).toThrow('must be 0 to 1 dollars');
  });

  test.each([
    ['quoting.order_size_contracts = 0.005', 'must be 0.01 to 10000 contracts, at most 2 decimals'],
    ['quoting.order_size_contracts = 20000', 'must be 0.01 to 10000 contracts, at most 2 decimals'],
    ['quoting.order_size_contracts = -1', 'must be 0.01 to 10000 contracts, at most 2 decimals'],
    ['quoting.order_size_contracts = nan', 'must be 0.01 to 10000 contracts, at most 2 decimals'],
    ['quoting.order_size_contracts = "five"', 'must be 0.01 to 10000 contracts, at most 2 decimals'],
    ['quoting.order_size_contracts = true', 'must be 0.01 to 10000 contracts, at most 2 decimals'],
    ['quoting.lease_seconds = 180000', 'must be 10 to 600 seconds, a whole number'],
    ['quoting.lease_seconds = 10.5', 'must be 10 to 600 seconds, a whole number'],
    ['risk.loss_total_dollars_max = 25000.01', 'must be 0.01 to 25000 dollars, at most 6 decimals'],
    ['risk.loss_total_dollars_max = 1e-7', 'must be 0.01 to 25000 dollars, at most 6 decimals'],
    ['quoter.strategy = "cash"', 'must be one of as, cara, glft, regime'],
    ['quoter.regime.is_volatile = 1', 'must be true or false'],
    ['quoter.interval_weight = ""', 'must be 0 to 5 standard errors'],
    ['fair.source = "fixed:1"', 'must be micro, mid, average, index, forecast:NAME, fixed:P with P between 0 and 1'],
    ['fair.source = "fixed:55"', 'must be micro, mid, average, index, forecast:NAME, fixed:P with P between 0 and 1'],
    ['markets.tickers = []', 'must be 1 to 200 tickers, in upper case'],
    ['markets.tickers = ["kxbtc15m"]', 'must be 1 to 200 tickers, in upper case'],
    ['markets.tickers = [1]', 'must be 1 to 200 tickers, in upper case'],
    ['sim.url = 5', 'must be a URL'],
    ['sources.desk = { kind = "ftp", path = "a" }', 'must be one of file, http, onnx'],
    ['sources.desk = { kind = "file", path = "" }', 'must be the path of a forecast document'],
    ['sources.desk = { kind = "file", path = "a", refresh_seconds = 0 }', 'must be 1 to 86400 seconds, a whole number'],
    ['sources.desk = { kind = "http", url = "http://10.0.0.7/" }', 'must be an https address without a password in it'],
    ['sources.desk = { kind = "http", url = "https://a:b@c.example/" }', 'must be an https address without a password'],
    ['sources.Desk = { kind = "file", path = "a" }', 'must be a name in lower case'],
    ['quoting = 5', 'expected object'],
  ])('%s is refused with file, line and range', (line, expected) => {
    const error = failureOf(inFile(line));
    expect([error.code, error.exit]).toEqual(['KMM_CONFIG_VALUE', 3]);
    expect(error.what).toMatch(/config\.toml:2:1: [\w.]+ = /);
    expect(error.what).toContain(expected);
  });

  test('a source has its paths from the file that names them, and 300 s where nothing is said', () => {
    const line =
      'sources.desk = { kind = "http", url = "https://desk.example/f", token_file = "token", about = ["KXA"] }';
    const net = 'sources.net = { kind = "onnx", model_file = "n.onnx", manifest_file = "/n.json" }';
    const { sources } = loadConfiguration(inFile(`${line}\n${net}`));
    expect(sources).toEqual([
      {
        ...{ name: 'desk', refreshMs: 300_000, kind: 'http', url: 'https://desk.example/f', about: ['KXA'] },
        tokenFile: expect.stringMatching(/\/work\/token$/),
      },
      {
        ...{ name: 'net', refreshMs: 300_000, kind: 'onnx', manifestFile: '/n.json' },
        modelFile: expect.stringMatching(/\/work\/n\.onnx$/),
      },
    ]);
  });

  test('of several the first is named and the others are counted', () => {
    const error = failureOf(inFile('quoting.lease_seconds = 1\nquoting.freeze_seconds = -1'));
    expect(error.what).toContain('quoting.lease_seconds = 1 must be');
    expect(error.what).toContain('(and 1 more)');
  });

  test('an order larger than the limit on orders is refused', () => {
    const error = failureOf(inFile('quoting.order_size_contracts = 26'));
    expect(error.what).toContain('quoting.order_size_contracts = 26 must not pass risk.order_size_contracts_max = 25');
  });

  test('a flag at fault is a matter of usage', () => {
    const flags = [{ flag: '--fair', key: 'fair.source', value: 'fixed:2' }];
    const error = failureOf({ environment: 'sim', host: hostWith(), flags });
    expect([error.code, error.exit]).toEqual(['KMM_USAGE', 2]);
    expect(error.what).toMatch(/^--fair fixed:2: must be micro/);
  });

  test('a variable at fault is named', () => {
    const error = failureOf({ environment: 'sim', host: hostWith({}, { KMM_QUOTING_LEASE_SECONDS: 'long' }) });
    expect(error.what).toMatch(/^KMM_QUOTING_LEASE_SECONDS: quoting\.lease_seconds = "long" must be/);
  });
});

describe('unknown names', () => {
  test.each([
    ['[quoting]\nlease_second = 5', '3:1: unknown key quoting.lease_second (did you mean lease_seconds?)'],
    ['[quotin]\nlease_seconds = 5', '2:1: unknown key quotin (did you mean quoting?)'],
    ['leverage = 5', '2:1: unknown key leverage'],
    [
      '[quoter.cara]\n\n  gama_per_dollar = 1',
      '4:3: unknown key quoter.cara.gama_per_dollar (did you mean gamma_per_dollar?)',
    ],
    ['[risk]\nmax = 1\nmin = 2', '3:1: unknown key risk.max (and 1 more)'],
  ])('%j is refused with line, column and suggestion', (text, expected) => {
    const error = failureOf(inFile(text));
    expect([error.code, error.exit]).toEqual(['KMM_CONFIG_UNKNOWN_KEY', 3]);
    expect(error.what.endsWith(`config.toml:${expected}`)).toBe(true);
  });

  test('a variable that begins like a table is refused, any other KMM_ variable is left alone', () => {
    const error = failureOf({ environment: 'sim', host: hostWith({}, { KMM_RISK_LOSS_TOTAL_DOLLAR_MAX: '1' }) });
    expect(error.what).toBe(
      'the variable KMM_RISK_LOSS_TOTAL_DOLLAR_MAX stands for no key (did you mean KMM_RISK_LOSS_TOTAL_DOLLARS_MAX?)',
    );
    const variables = { KMM_HOME: '/tmp/x', KMM_ASCII: '1', KMM_ENV: 'sim', KMM_CONFIG: 'y', PATH: '/bin' };
    expect(() => loadConfiguration({ environment: 'sim', host: hostWith({}, variables) })).not.toThrow();
  });
});

describe('files', () => {
  test('broken TOML is refused with line and column', () => {
    const error = failureOf(inFile('[quoting\nlease_seconds = 5'));
    expect([error.code, error.exit]).toEqual(['KMM_CONFIG_SYNTAX', 3]);
    expect(error.what).toMatch(/config\.toml:[23]:\d+: \S/);
    expect(error.what).not.toContain('\n');
  });

  test('a config.toml of another program is left alone, with a note, even when it is broken', () => {
    const host = hostWith({ 'work/config.toml': 'title = "my site\n' });
    expect(loadConfiguration({ environment: 'sim', host }).notes).toEqual([
      './config.toml is not read: it does not say schema = "kmm/1"',
    ]);
  });

  test.each([
    ['schema = "kmm/2"\n', 'says schema = "kmm/2", and this kmm reads "kmm/1"'],
    ['[a]\nschema = "kmm/1"\n', 'says no schema, and this kmm reads "kmm/1"'],
  ])('%j of ours is refused', (text, expected) => {
    const error = failureOf({ environment: 'sim', host: hostWith({ 'work/config.toml': text }) });
    expect(error.code).toBe('KMM_CONFIG_SCHEMA');
    expect(error.what).toContain(expected);
  });

  test('a file that is asked for must be there and must be ours', () => {
    const host = hostWith({ 'other.toml': 'title = "x"\n' });
    expect(failureOf({ environment: 'sim', host, file: '/nowhere.toml' }).code).toBe('KMM_CONFIG_UNREADABLE');
    const file = join(host.directory, '../other.toml');
    expect(failureOf({ environment: 'sim', host, file }).code).toBe('KMM_CONFIG_SCHEMA');
    expect(failureOf({ environment: 'sim', host, file: host.directory }).code).toBe('KMM_CONFIG_UNREADABLE');
  });
});

describe('access', () => {
  test('a key file counts from the file that names it', () => {
    const text = `schema = "kmm/1"\n${LIMITS}[demo]\nkey_id = "abc"\nkey_file = "keys/demo.pem"\n`;
    const host = hostWith({ 'home/.config/kmm/config.toml': text });
    const { key } = loadConfiguration({ environment: 'demo', host });
    expect(key).toEqual({ id: 'abc', file: join(host.userHome, '.config/kmm/keys/demo.pem') });
  });

  test('a key file of a variable counts from the working directory', () => {
    const host = hostWith({}, { KMM_SIM_KEY_ID: 'abc', KMM_SIM_KEY_FILE: 'k.pem' });
    expect(loadConfiguration({ environment: 'sim', host }).key).toEqual({
      id: 'abc',
      file: join(host.directory, 'k.pem'),
    });
  });

  test('half a key is an error', () => {
    const error = failureOf(inFile('sim.key_id = "abc"'));
    expect([error.code, error.exit, error.what]).toEqual([
      'KMM_KEY_MISSING',
      4,
      'sim.key_file is missing beside the other',
    ]);
  });

  test('the key of another environment is not used', () => {
    expect(loadConfiguration(inFile('[prod]\nkey_id = "a"\nkey_file = "b"')).key).toBeUndefined();
  });

  test.each(['http://127.0.0.1:8642', 'http://127.0.0.1:8642/', 'http://127.0.0.1:8642/trade-api/v2'])(
    '%s is an address of the embedded exchange',
    (url) => {
      const flags = [{ flag: '--sim-url', key: 'sim.url', value: url }];
      expect(loadConfiguration({ environment: 'sim', host: hostWith(), flags }).sim).toEqual({
        rest: 'http://127.0.0.1:8642/trade-api/v2',
        ws: 'ws://127.0.0.1:8642/trade-api/ws/v2',
      });
    },
  );

  test.each([
    'http://10.0.0.5:80',
    'https://external-api.kalshi.com/trade-api/v2',
    'http://127.0.0.1.evil.example:80',
    'http://127.0.0.1@evil.example',
    'http://127.0.0.1:80/elsewhere',
    'http://127.0.0.1:80/?x=1',
    'ws://127.0.0.1:80',
    '127.0.0.1:80',
  ])('%s is not', (url) => {
    const flags = [{ flag: '--sim-url', key: 'sim.url', value: url }];
    expect(failureOf({ environment: 'sim', host: hostWith(), flags }).code).toBe('KMM_SIM_URL');
  });

  test('stopping needs access alone: wrong limits, unknown keys and variables do not stand in its way', () => {
    const text =
      'schema = "kmm/1"\nnonsense = 1\n[risk]\nloss_total_dollars_max = -1\n[demo]\nkey_id = "a"\nkey_file = "/b"\n';
    const host = hostWith({ 'work/config.toml': text }, { KMM_RISK_NONSENSE: '1', KMM_HOME: '/data' });
    expect(loadAccess({ environment: 'demo', host })).toMatchObject({
      env: 'demo',
      key: { id: 'a', file: '/b' },
      home: { directory: '/data/demo', database: '/data/demo/kmm.db' },
    });
    expect(failureOf({ environment: 'demo', host: hostWith({}, { KMM_DEMO_KEY_ID: '' }) }, loadAccess).exit).toBe(3);
  });
});
