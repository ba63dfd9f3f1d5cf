/**
 * A real exchange process and a real session over sockets, with a proxy between them that misbehaves, and an exchange that
 * misbehaves too, every two minutes by another plan. At the end, with the faults over: every book equal to the exchange's, every order known, cash and positions equal, nothing left resting,
 * live memory flat. The result is one line of JSON on standard output.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { drawPlan } from '../../src/lib/adapters/sim-server/mischief-draw.ts';
import { readTape } from '../../src/lib/adapters/store/tape-reader.ts';
import { loadConfiguration } from '../../src/lib/app/config/config.ts';
import { type Reach, reach } from '../../src/lib/app/run/reach.ts';
import { type LiveSession, openLive } from '../../src/lib/app/run/run-live.ts';
import { endSession } from '../../src/lib/app/session/end-session.ts';
import type { TurnRecord } from '../../src/lib/app/session/tape/session-tape.ts';
import type { Book } from '../../src/lib/core/book/book.ts';
import { isTrading } from '../../src/lib/core/market.ts';
import { clearsOf, type Halt } from '../../src/lib/core/risk/halts.ts';
import { seededStream } from '../../src/lib/sim/random.ts';
import { planOf } from './fault-plan.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { differenceOf, isFlat, type Sides, slopeOf, textOf } from './judge.ts';
import { Memory } from './memory.ts';

const BIN = fileURLToPath(new URL('../../bin/kmm.js', import.meta.url));
/** Memory is looked at this often: each look stops a process for a full collection. */
const SAMPLE_MS = 30_000;
/** As app/run/child.ts starts it; and it tells what it holds. */
const EXCHANGE_FLAGS = ['--max-semi-space-size=4', '--import', new URL('./tell-memory.ts', import.meta.url).href];
/** The exchange misbehaves by one plan so long. */
const PLAN_MS = 120_000;
/** What the service manager gives a trader (operator.md, MemoryMax). */
const RESIDENT_MAX = 500_000_000;
/** Faults over: quoting, or a halt that an operator clears, is due within this (reliability.md I13). */
const HEALED_MS = 60_000;
/** What the exchange had done when it answered has reached us after this. */
const FRAMES_MS = 250;
/** A moving book or listing is compared this often before it counts as different. */
const TRIES = 50;

interface Serving {
  readonly rest: string;
  readonly keyId: string;
  readonly privateKeyFile: string;
  readonly controlToken: string;
}

export interface SoakOptions {
  readonly minutes: number;
  readonly seed: string;
}

/** Prints its result; false when a claim does not hold. */
export async function soak(options: SoakOptions): Promise<boolean> {
  const home = mkdtempSync(join(tmpdir(), 'kmm-soak-'));
  const words = ['sim', 'serve', '--port', '0', '--seed', options.seed, '--json'];
  const exchange = spawn(process.execPath, [...EXCHANGE_FLAGS, BIN, ...words], {
    env: {
      ...{ PATH: process.env.PATH ?? '', HOME: home, KMM_HOME: join(home, 'exchange') },
      ...{ SOAK_MEMORY: memoryFileIn(home), SOAK_MEMORY_MS: String(SAMPLE_MS) },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    return await soakOn(await listening(exchange), home, options);
  } finally {
    exchange.kill('SIGTERM');
    rmSync(home, { recursive: true, force: true });
  }
}

async function soakOn(
  { rest, keyId, privateKeyFile, controlToken }: Serving,
  home: string,
  { minutes, seed }: SoakOptions,
): Promise<boolean> {
  const proxy = await startFaultProxy(rest);
  const direct = reach('sim', { rest, keyId, keyFile: privateKeyFile });
  const host = { directory: home, variables: { KMM_HOME: home }, userHome: home, systemFile: '/nowhere' };
  const configuration = loadConfiguration({ environment: 'sim', flags: LIMITS, host });
  const fatal: string[] = [];
  const log = new Map<string, number>();
  const live = await openLive({
    configuration,
    link: { rest: proxy.rest, ws: proxy.ws, keyId, keyFile: privateKeyFile },
    onLog: ({ level, text }) => {
      if (level === 'error') process.stderr.write(`${text}\n`);
      if (level !== 'info') log.set(wordOf(text), (log.get(wordOf(text)) ?? 0) + 1);
    },
    onFatal: (error) => fatal.push(String(error)),
  });
  await live.opened.session.start();
  const operator = new Operator(live);
  const memory = new Memory(memoryFileIn(home), SAMPLE_MS);
  const mischief = new Mischief({ rest, controlToken, seed });
  await mischief.next();
  await suffer(proxy, operator, mischief, { minutes, seed });
  proxy.heal();
  const done = await mischief.end();
  const healed = await operator.quoting(HEALED_MS);
  const books = healed ? await booksThatDiffer(live, direct) : ['not quoting again'];
  const orders = healed ? await ordersThatDiffer(live, direct) : [];
  const { opened, clock, startedAt } = live;
  const summary = await endSession({ opened, clock, env: 'sim', startedAt, by: 'the soak' });
  memory.stop();
  operator.stop();
  const unknown = await strangers(direct, summary.tape);
  const claims = {
    quotesAgain: healed,
    booksEqual: books.length === 0,
    ordersEqual: orders.length === 0,
    ordersKnown: unknown.length === 0,
    reconciled: summary.reconciled,
    nothingRests: summary.isConfirmed && summary.restingAtEnd === 0 && (await restingNow(direct)) === 0,
    memoryFlat: memory.isWhole && isFlat(memory.ours) && isFlat(memory.theirs),
    memoryLow: memory.residentMax <= RESIDENT_MAX,
    noFault: fatal.length === 0 && !operator.met.has('RECONCILE'),
  };
  const failed = Object.entries(claims).flatMap(([claim, holds]) => (holds ? [] : [claim]));
  const { frames, turns, orders: counts, fills, tickToIntentMs, markets } = summary;
  const result = {
    ...{ type: 'soak', schemaVersion: 1, minutes, seed, failed, claims },
    ...{ faults: Object.fromEntries(proxy.hits), faultsOfTheExchange: done },
    ...{ markets, frames, turns, orders: counts, fills, tickToIntentMs, halts: Object.fromEntries(operator.met) },
    megabytesPerMinute: { client: rounded(slopeOf(memory.ours)), exchange: rounded(slopeOf(memory.theirs)) },
    residentMegabytesMax: Math.round(memory.residentMax / 1_048_576),
    differences: [...books, ...orders, ...unknown.map((id) => `not asked for by us: ${id}`), ...fatal].slice(0, 20),
    warnings: Object.fromEntries(log),
  };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  live.close();
  direct.close();
  await proxy.close();
  return failed.length === 0;
}

/** Limits that hours of bad luck do not reach: what is tried here is the plumbing. */
const LIMITS = Object.entries({
  'risk.loss_market_dollars_max': '1000',
  'risk.loss_event_dollars_max': '2500',
  'risk.loss_total_dollars_max': '25000',
  'risk.loss_day_dollars_max': '25000',
}).map(([key, value]) => ({ flag: `--${key}`, key, value }));

async function suffer(
  proxy: FaultProxy,
  operator: Operator,
  mischief: Mischief,
  { minutes, seed }: SoakOptions,
): Promise<void> {
  const startedAt = performance.now();
  const durationMs = minutes * 60_000;
  for (const { at, fault } of planOf(seededStream(`soak ${seed}`), durationMs)) {
    await sleep(Math.max(0, startedAt + at - performance.now()));
    if (at >= mischief.plans * PLAN_MS) await mischief.next();
    proxy.inflict(fault);
    operator.clear();
  }
  await sleep(Math.max(0, startedAt + durationMs - performance.now()));
}

/** What the exchange itself does wrong: answers late, old, twice, not at all, before and after it has done what it was told. */
class Mischief {
  plans = 0;
  readonly #rest: string;
  readonly #authorization: string;
  readonly #seed: string;

  constructor({ rest, controlToken, seed }: Pick<Serving, 'rest' | 'controlToken'> & { readonly seed: string }) {
    this.#rest = rest;
    this.#authorization = `Bearer ${controlToken}`;
    this.#seed = seed;
  }

  async next(): Promise<void> {
    this.plans += 1;
    await this.#control({ action: 'misbehave', plan: drawPlan(`soak ${this.#seed} ${this.plans}`) });
  }

  /** How often each fault has happened. */
  async end(): Promise<unknown> {
    await this.#control({ action: 'behave' });
    const answer = await fetch(`${this.#rest}/sim/faults`, { headers: { authorization: this.#authorization } });
    const { faults } = (await answer.json()) as { faults: Record<string, number> };
    return Object.fromEntries(Object.entries(faults).filter(([, count]) => count > 0));
  }

  async #control(command: object): Promise<void> {
    const body = JSON.stringify(command);
    const headers = { 'content-type': 'application/json', authorization: this.#authorization };
    const answer = await fetch(`${this.#rest}/sim/control`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`the exchange refused ${body}: ${answer.status} ${await answer.text()}`);
  }
}

/** Does what a person would: clears the halts that only a person may, so that the rest of the time is not lost. */
class Operator {
  /** Halts seen, by name. */
  readonly met = new Map<string, number>();
  readonly #live: LiveSession;
  readonly #timer: NodeJS.Timeout;
  #before: ReadonlySet<string> = new Set();

  constructor(live: LiveSession) {
    this.#live = live;
    this.#timer = setInterval(() => this.#look(), 100);
  }

  clear(): void {
    const { session } = this.#live.opened;
    for (const { name, scope } of session.engine.halts.all()) {
      if (clearsOf({ name, scope }) !== 'operator' || name === 'RECONCILE') continue;
      session.emit({
        type: 'control',
        at: this.#live.clock.now(),
        verb: 'clear',
        halt: name,
        by: 'the soak',
        ...(scope === '*' ? {} : { ticker: scope }),
      });
    }
  }

  /** True once something rests and no halt is on. */
  async quoting(boundMs: number): Promise<boolean> {
    const { engine } = this.#live.opened.session;
    const giveUpAt = performance.now() + boundMs;
    while (performance.now() < giveUpAt) {
      this.clear();
      if (engine.halts.all().length === 0 && engine.orders.hasOurs()) return true;
      await sleep(250);
    }
    return false;
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const halts = this.#live.opened.session.engine.halts.all();
    const keyOf = ({ name, scope }: Halt) => `${name} ${scope}`;
    for (const halt of halts) {
      if (!this.#before.has(keyOf(halt))) this.met.set(halt.name, (this.met.get(halt.name) ?? 0) + 1);
    }
    this.#before = new Set(halts.map(keyOf));
  }
}

function memoryFileIn(home: string): string {
  return join(home, 'memory-of-the-exchange.json');
}

async function booksThatDiffer({ opened, clock }: LiveSession, { rest }: Reach): Promise<readonly string[]> {
  const { engine } = opened.session;
  const different: string[] = [];
  for (const { market, isSelected } of [...engine.markets()]) {
    if (!isSelected || !isTrading(market, clock.now())) continue;
    let last = '';
    const isEqual = await eventually(async () => {
      // A busy book moves on between asking and hearing: it has to have been theirs at some moment in between.
      const seen = new Set<string>();
      const look = () => seen.add(textOf(sidesOf(engine.books.get(market.ticker)?.book)));
      const looking = setInterval(look, 1);
      look();
      const theirs = await rest.orderbook(market.ticker);
      await sleep(FRAMES_MS);
      look();
      clearInterval(looking);
      last = `ours ${[...seen].at(-1)}; theirs ${theirs.ok ? textOf(theirs.value) : 'not told'}`;
      return theirs.ok && seen.has(textOf(theirs.value));
    });
    if (!isEqual && isTrading(market, clock.now())) different.push(`book of ${market.ticker}: ${last}`);
  }
  return different;
}

function sidesOf(book: Book | undefined): Sides {
  return { bids: book?.levels('bid') ?? [], asks: book?.levels('ask') ?? [] };
}

async function ordersThatDiffer({ opened }: LiveSession, { rest }: Reach): Promise<readonly string[]> {
  const { engine } = opened.session;
  let different: readonly string[] = [];
  await eventually(async () => {
    const theirs = await rest.orders({ status: 'resting' });
    if (!theirs.ok) return false;
    const ours = [...engine.orders.live()].map(({ orderId, clientOrderId }) => orderId ?? clientOrderId);
    different = differenceOf(
      ours,
      theirs.value.map(({ orderId }) => orderId),
    );
    return different.length === 0;
  });
  return different;
}

/** Orders of the account that no intent on the tape asked for. */
async function strangers({ rest }: Reach, tapePath: string): Promise<readonly string[]> {
  const tape = readTape(tapePath);
  if (!('records' in tape)) return ['the tape cannot be read'];
  const asked = new Set<string>();
  for (const { kind, data } of tape.records()) {
    if (kind !== 'turn') continue;
    const { intents = [] } = JSON.parse(data.toString()) as TurnRecord;
    for (const intent of intents) if (intent.kind === 'create') asked.add(intent.clientOrderId);
  }
  const listed = await rest.orders({});
  if (!listed.ok) return ['the orders cannot be listed'];
  return listed.value.map(({ clientOrderId }) => clientOrderId).filter((id) => !asked.has(id));
}

async function restingNow({ rest }: Reach): Promise<number> {
  const listed = await rest.orders({ status: 'resting' });
  return listed.ok ? listed.value.length : Number.NaN;
}

async function eventually(isTrue: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    if (await isTrue()) return true;
    await sleep(100);
  }
  return false;
}

async function listening(child: ChildProcess): Promise<Serving> {
  if (child.stdout === null) throw new Error('the exchange has no output');
  const lines = createInterface({ input: child.stdout });
  const first = await new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the exchange ended with ${code}`)));
  });
  // With --json, what ends it is told on standard output too.
  lines.on('line', (line) => {
    if (line.includes('"error"')) process.stderr.write(`the exchange: ${line}\n`);
  });
  child.once('exit', (code, signal) => process.stderr.write(`the exchange has ended (${signal ?? code})\n`));
  return JSON.parse(first);
}

/** The text without what differs from one time to the next. */
function wordOf(text: string): string {
  return text.replaceAll(/KX[\w.-]+|kmm-[\w-]+|\d[\d.:]*/g, '…').slice(0, 80);
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
