/**
 * The exchange of a run, `kmm sim serve` as a process, and its truth: what it says of the account over its own REST, asked
 * directly and without any code of kmm's, so that a checker cannot share a mistake with what it checks.
 */
import { constants, createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, until } from './processes.ts';

export interface TrueOrder {
  readonly order_id: string;
  readonly client_order_id: string;
  readonly ticker: string;
  readonly status: string;
  readonly created_time: string;
}

export interface TrueFill {
  readonly fill_id: string;
  readonly order_id: string;
}

const START_MS = 30_000;

export class Exchange {
  readonly rest: string;
  readonly keyId: string;
  readonly keyFile: string;
  readonly #command: Command;
  readonly #key: KeyObject;

  private constructor(command: Command, { rest, keyId, privateKeyFile }: Readonly<Record<string, unknown>>) {
    this.#command = command;
    this.rest = String(rest);
    this.keyId = String(keyId);
    this.keyFile = String(privateKeyFile);
    this.#key = createPrivateKey(readFileSync(this.keyFile));
  }

  /** The highest tier, so that looking takes nothing from what is looked at. */
  static async start(folder: string, seed: string): Promise<Exchange> {
    const words = ['sim', 'serve', '--port', '0', '--seed', seed, '--tier', 'prestige', '--json'];
    const variables = { PATH: process.env.PATH ?? '', HOME: folder, KMM_HOME: join(folder, 'exchange') };
    const command = new Command(words, variables);
    const listening = await until(() => command.lines('listening')[0] ?? (command.hasEnded && 'ended'), START_MS);
    if (listening === undefined || listening === 'ended') throw new Error(`no exchange: ${command.stderr}`);
    return new Exchange(command, listening as Record<string, unknown>);
  }

  /** Every order there ever was; `resting`: those on the book. */
  orders(status?: 'resting'): Promise<readonly TrueOrder[]> {
    return this.#list('/portfolio/orders', 'orders', status === undefined ? {} : { status });
  }

  fills(): Promise<readonly TrueFill[]> {
    return this.#list('/portfolio/fills', 'fills', {});
  }

  settlements(): Promise<readonly { readonly settled_time: string }[]> {
    return this.#list('/portfolio/settlements', 'settlements', {});
  }

  /** Of all shards, in millionths of a dollar. */
  async cash(): Promise<bigint> {
    const { balance_breakdown: shards = [] } = await this.#ask<{ balance_breakdown?: { balance: string }[] }>(
      '/portfolio/balance',
      {},
    );
    return shards.reduce((sum, { balance }) => sum + microdollarsOf(balance), 0n);
  }

  kill(): void {
    this.#command.signal('SIGKILL');
  }

  async end(): Promise<void> {
    this.#command.signal('SIGTERM');
    const ended = await until(() => this.#command.hasEnded, 3_000);
    if (ended === undefined) this.kill();
  }

  async #list<Row>(path: string, name: string, filters: Readonly<Record<string, string>>): Promise<Row[]> {
    const rows: Row[] = [];
    for (let cursor: string | undefined; ; ) {
      const query = { ...filters, limit: '1000', ...(cursor === undefined ? {} : { cursor }) };
      const page = await this.#ask<Record<string, unknown>>(path, query);
      rows.push(...(page[name] as Row[]));
      cursor = page.cursor as string | undefined;
      if (cursor === undefined || cursor === '') return rows;
    }
  }

  async #ask<Answer>(path: string, query: Readonly<Record<string, string>>): Promise<Answer> {
    const url = new URL(this.rest + path);
    const stamp = String(Date.now());
    const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
    const signature = sign('sha256', Buffer.from(`${stamp}GET${url.pathname}`), { key: this.#key, ...pss });
    url.search = new URLSearchParams(query).toString();
    const headers = {
      'KALSHI-ACCESS-KEY': this.keyId,
      'KALSHI-ACCESS-TIMESTAMP': stamp,
      'KALSHI-ACCESS-SIGNATURE': signature.toString('base64'),
    };
    const answer = await fetch(url, { headers });
    if (!answer.ok) throw new Error(`the exchange answered ${answer.status} to ${path}: ${await answer.text()}`);
    return (await answer.json()) as Answer;
  }
}

/** Of decimal text with up to six places. */
export function microdollarsOf(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const value = BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, '0'));
  return text.startsWith('-') ? -value : value;
}
