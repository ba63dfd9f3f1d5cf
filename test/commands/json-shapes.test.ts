/** What `--json` really prints, held against docs/json.md: a field that is not documented there is none. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { serveSim } from '../../src/lib/app/sim/sim-serve.ts';
import { smallDay } from '../support/composed-account.ts';
import { composedRecording } from '../support/composed-recording.ts';
import { jsonHere } from '../support/kmm-here.ts';
import type { Json } from '../support/sim-client.ts';
import { tempDir } from '../support/temp-dir.ts';

const PAGE = readFileSync(new URL('../../docs/json.md', import.meta.url), 'utf8');

/** By type or by the name of a part, its cell of the table. */
const CELLS = new Map(
  [...PAGE.matchAll(/^\| [`*](\w+)[`*] \| (.*) \|$/gm)].map(([, name = '', cell = '']) => [name, cell]),
);

/** Every field that the cell names, and those of the parts that it refers to. */
function fieldsOf(name: string): Set<string> {
  const cell = CELLS.get(name) ?? '';
  const own = [...cell.matchAll(/`(\w+)(?:\[\])?`/g)].map(([, field = '']) => field);
  const parts = [...cell.matchAll(/\*(\w+)\*/g)].flatMap(([, part = '']) => [...fieldsOf(part)]);
  return new Set([...own, ...parts]);
}

function undocumented(value: unknown, fields: ReadonlySet<string>): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => undocumented(one, fields));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    ...(fields.has(key) ? [] : [key]),
    ...undocumented(inner, fields),
  ]);
}

const directory = tempDir(afterAll);

async function printed(type: string, words: string, on: readonly string[] = [], place = directory): Promise<Json> {
  // What is asked for here at 99 ¢ would be taken for a slip of the finger.
  const variables = { KMM_RISK_HAND_PRICE_CENTS_MAX: '99' };
  const { records, stderr } = await jsonHere({ directory: place, variables }, [...words.split(' '), ...on]);
  expect([words, records[0]?.type, records[0]?.schemaVersion, stderr]).toEqual([words, type, 1, expect.any(String)]);
  for (const { type: said, schemaVersion: _version, ...fields } of records) {
    expect.soft([words, ...new Set(undocumented(fields, fieldsOf(said)))]).toEqual([words]);
  }
  return records[0];
}

it('every object of a sweep is documented, field by field', async () => {
  const place = tempDir();
  writeFileSync(join(place, 'day.jsonl'), `${composedRecording().join('\n')}\n`);
  const spec = ['schema = "kmm-sweep/1"', 'name = "shapes"', 'data = ["day.jsonl"]', 'strategy = "cara"'];
  const rest = ['walk_forward = { folds = 1 }', '[parameters]', 'quoting.lease_seconds = [60, 90]'];
  writeFileSync(join(place, 'spec.toml'), [...spec, ...rest].join('\n'));
  await printed('sweep_job', 'backtest sweep spec.toml --threads 1', [], place);
});

it('every object of a served exchange is documented, field by field', async () => {
  const keyDirectory = join(directory, 'keys');
  const base = { seed: 'shapes', background: [], speed: 1, port: 0, keyKind: 'ed25519' } as const;
  const serving = await serveSim({ ...base, keyDirectory });
  afterAll(() => serving.close());
  const { rest, keyId, privateKeyFile, controlToken } = serving.listening;
  const on = ['--sim-url', rest, '--key-id', keyId, '--key-file', privateKeyFile];
  const listed = (await (await fetch(`${rest}/markets?series_ticker=KXHIGHNY&status=open`)).json()) as Json;
  const quoted = listed.markets.find((one: Json) => Number(one.yes_bid_dollars) > 0.1);
  const { ticker, event_ticker: event } = quoted;
  await printed('markets', 'markets list', on);
  await printed('market', `markets show ${ticker}`, on);
  await printed('event', `markets show ${event}`, on);
  await printed('series', 'markets show KXHIGHNY', on);
  await printed('search', 'markets search york', on);
  await printed('book', `book ${ticker} --once`, on);
  await printed('top', `book ${ticker} --once --top`, on);
  await printed('quote', `quote ${ticker}`, on);
  await printed('arb_scan', `arb scan ${event} KXBTCD`, on);
  await printed('signals', 'signal list');
  const dry = await printed('trade_order', `trade buy ${ticker} 2 3 --dry-run`, on);
  expect(dry).toMatchObject({ isDryRun: true, result: null, preview: { cashDollars: '0.060000' } });
  const order = (await printed('trade_order', `trade buy ${ticker} 2 3`, on)).result.orderId;
  await printed('orders', 'trade orders', on);
  await printed('queue', 'trade queue', on);
  await printed('trade_amend', `trade amend ${order} --count 3 --dry-run`, on);
  await printed('trade_decrease', `trade decrease ${order} --to 1`, on);
  await printed('trade_cancel', `trade cancel ${order}`, on);
  await printed(
    'trade_order',
    `trade buy ${ticker} 1 $${(Number(quoted.yes_ask_dollars) + 0.02).toFixed(2)} --tif ioc`,
    on,
  );
  await printed('fills', 'trade fills', on);
  await printed('positions', 'trade positions', on);
  await printed('risk_show', 'risk show --all', on);
  await printed('risk_check', `risk check buy 2 ${ticker} @ 3c`, on);
  await printed('risk_stress', 'risk stress', on);
  await printed('balance', 'trade balance', on);
  await printed('trade_transfer', 'trade transfer 5 --from 0 --to 2 --yes', on);
  const headers = { authorization: `Bearer ${controlToken}`, 'content-type': 'application/json' };
  const lever = (body: object) => fetch(`${rest}/sim/control`, { method: 'POST', headers, body: JSON.stringify(body) });
  await lever({ action: 'move_cash', exchange_index: 0, amount: '-5.00' });
  await lever({ action: 'close_early', market_ticker: ticker });
  expect(await printed('settle', 'settle', on)).toMatchObject({ isReconciled: false, due: [{ ticker }] });
  await printed('risk_reconcile', 'risk reconcile', on);
  await printed('report_incentives', 'report incentives', on);
  await printed('auth_check', 'auth check', on);
  await jsonHere({ directory, variables: {} }, ['run', '--for', '3s', '--speed', 'max']);
  await printed('why', 'why KXBTC15M -1s');
  await printed('status', 'status');
  await printed('alert_send', 'alert send words --priority low');
  await printed('alerts', 'alert list');
  await printed('alert_ack', 'alert ack --all');
  await printed('pnl', 'report pnl');
  await printed('resume', 'resume');
  await printed('risk_halts', 'risk halts');
  await printed('risk_clear', 'risk clear');
  const { file } = await printed('db_backup', 'db backup');
  await printed('db_check', 'db check');
  await printed('db_rows', "db sql VALUES(1,x'00')");
  // The account is the one that was traded on last: the embedded one of the run, and not the served one.
  const lastKey = 'SELECT key_id FROM sessions ORDER BY session DESC LIMIT 1';
  const [[account]] = (await printed('db_rows', 'db sql', [lastKey])).rows;
  await printed('db_restore', `db restore ${file} --confirm=${account.slice(-4)}`);
  await printed('kill', 'kill --env sim');
  await printed('explanation', 'explain KMM_LOCKED');
  await printed('guide', 'help fees');
  await printed('config', 'config show --origin');
  await printed('error', 'explain KMM_LOKED');
});

it.each([
  ['report_day', 'report daily --date 2026-11-20'],
  ['report_week', 'report weekly --date 2026-11-20'],
  ['report_month', 'report monthly --date 2026-11-20'],
  ['report_scoreboard', 'report scoreboard --window day --date 2026-11-20'],
  ['report_gates', 'report gates'],
  ['report_calibration', 'report calibration'],
  ['report_quotes', 'report quotes --window day --date 2026-11-20'],
  ['report_tax', 'report tax --year 2026'],
  ['pnl', 'report pnl'],
  ['export_fill', 'export fills'],
  ['export_order', 'export orders'],
  ['export_settlement', 'export settlements'],
  ['export_posting', 'export ledger'],
  ['export_sample', 'export tape'],
  ['export', 'export fills --out OUT'],
])('%s of an account with everything in it is documented: %s', async (type, words) => {
  const place = tempDir();
  mkdirSync(join(place, 'data', 'sim'), { recursive: true, mode: 0o700 });
  smallDay(join(place, 'data', 'sim', 'kmm.db'));
  await printed(type, words.replace('OUT', join(place, 'fills.csv')), [], place);
});

it('what is said of tapes is documented, field by field', async () => {
  const place = tempDir();
  const file = join(place, 'frames.jsonl');
  const frame = { type: 'orderbook_snapshot', sid: 1, seq: 1, msg: { market_ticker: 'KX-1', yes_dollars_fp: [] } };
  writeFileSync(file, `${JSON.stringify({ recv_ms: 1_778_477_863_278, event: frame })}\nnothing\n`);
  const on = ['--out', join(place, 'data', 'sim', 'tape', 'a.tape')];
  mkdirSync(join(place, 'data', 'sim', 'tape'), { recursive: true });
  const { tape } = await printed('import', `record import ${file}`, on, place);
  expect((await printed('tapes', 'record list', [], place)).tapes).toHaveLength(1);
  await printed('tape_info', `record info ${tape}`, [], place);
  await printed('verify', 'record verify', [], place);
  await printed('prune', 'record prune --older-than 1 --yes', [], place);
});
