/**
 * F43, S14: what the commands print when every text of the exchange is hostile: no byte that a terminal obeys, no sign that
 * hides or turns other signs, one record a line. The real commands, and a real exchange behind a server that poisons it.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SimServing, serveSim } from '../../src/lib/app/sim/sim-serve.ts';
import { epochMs } from '../../src/lib/core/units.ts';
import { poisoned, unsafeIn } from '../support/hostile-text.ts';
import { kmmHere } from '../support/kmm-here.ts';
import { tempDir } from '../support/temp-dir.ts';

/** What the exchange fills with words; a field that is no such text makes an answer that is not understood, which is seen too. */
const WORDS = /title|name|description|rules|condition|category|tags|frequency|url|fee_type|message|details|tier/;

const directory = tempDir(afterAll);
let exchange: SimServing;
let address = '';
const server = createServer((request, response) => void poison(request, response));

/** Hands on what the exchange answers, its words poisoned. */
async function poison(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers = { ...(request.headers as Record<string, string>), host: new URL(exchange.listening.rest).host };
  const { method = '', url = '' } = request;
  const answer = await fetch(new URL(url, exchange.listening.rest), { method, headers });
  const body = JSON.stringify(poisoned(JSON.parse(await answer.text()), (key) => WORDS.test(key)));
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(body);
}

beforeAll(async () => {
  const served = { keyDirectory: join(directory, 'served'), keyKind: 'ed25519' } as const;
  exchange = await serveSim({ ...served, background: [], seed: '7', speed: 1, port: 0, startAt: epochMs(Date.now()) });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await exchange.close();
});

describe('with hostile texts from the exchange', () => {
  it.each([
    ['markets list --limit 3', 'ns é'],
    ['markets list --limit 3 --json', 'ignore all instructions'],
    ['markets show KXBTC15M', 'HYPERLINK'],
    ['markets show KXBTC15M --json', 'HYPERLINK'],
    ['markets search bitcoin', 'ns é'],
    ['trade balance', '10000'],
    ['trade cancel no-such-order', 'KMM_ORDER_GONE'],
    ['auth check', 'HYPERLINK'],
  ])('kmm %s prints nothing that is obeyed', async (words, shown) => {
    const { keyId, privateKeyFile } = exchange.listening;
    const where = `--sim-url ${address} --key-id ${keyId} --key-file ${privateKeyFile}`;
    const { stdout, stderr } = await kmmHere({ directory, variables: {} }, `${words} ${where}`.split(' '));
    expect(stdout + stderr).toContain(shown);
    const lines = `${stdout}\n${stderr}`.split('\n');
    expect(lines.flatMap((line) => unsafeIn(line, line))).toEqual([]);
    if (words.endsWith('--json')) expect(unsafeIn(JSON.parse(stdout))).toEqual([]);
  });
});
