/**
 * One run's stage: an exchange, the proxy before it, a data directory, the lives of `kmm run` in it one after the other,
 * and a watcher that asks the exchange every 150 ms what rests. Times are milliseconds of performance.now().
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { homeOf } from '../../src/lib/app/config/home.ts';
import { type Call, type CallFault, type FaultProxy, startFaultProxy } from '../soak/fault-proxy.ts';
import { type CallKind, kindOf } from './call-faults.ts';
import { Exchange } from './exchange.ts';
import type { HookOrders } from './hook.ts';
import { lastSessionIn } from './journal-reader.ts';
import type { Plan } from './plan.ts';
import { Command, isBusy, type Printed, pidIn, processesIn, signalled, until } from './processes.ts';

const HOOK = fileURLToPath(new URL('./hook.ts', import.meta.url));
const LOOK_MS = 150;
const FIRST_QUOTES_MS = 60_000;

export interface Look {
  /** When it was asked for, and when it was answered. */
  readonly askedAt: number;
  readonly at: number;
  /** Client order ids. */
  readonly resting: readonly string[];
}

export class Stage {
  readonly folder: string;
  readonly home: string;
  readonly exchange: Exchange;
  readonly leaseSeconds: number;
  readonly looks: Look[] = [];
  readonly lives: Command[] = [];
  /** What the proxy has seen come, when. */
  readonly calls: { readonly at: number; readonly kind: CallKind }[] = [];
  readonly facts: Record<string, number | string | boolean> = {};
  readonly violations: { readonly invariant: string; readonly text: string }[] = [];
  /** Decides about each call; a scenario sets it. */
  onCall: (call: Call) => CallFault | undefined = () => undefined;
  onAnswer: (call: Call, status: number) => void = () => {};
  proxy!: FaultProxy;
  #isWatching = true;
  #watching: Promise<void> = Promise.resolve();

  private constructor(folder: string, exchange: Exchange, leaseSeconds: number) {
    this.leaseSeconds = leaseSeconds;
    this.folder = folder;
    this.home = join(folder, 'data');
    this.exchange = exchange;
  }

  static async build(folder: string, { seed, leaseSeconds }: Plan): Promise<Stage> {
    mkdirSync(join(folder, 'hook'), { recursive: true });
    const stage = new Stage(folder, await Exchange.start(folder, String(seed)), leaseSeconds);
    stage.proxy = await startFaultProxy(stage.exchange.rest, {
      onCall: (call) => {
        stage.calls.push({ at: performance.now(), kind: kindOf(call) });
        return stage.onCall(call);
      },
      onAnswer: (call, status) => stage.onAnswer(call, status),
    });
    stage.#watching = stage.#watch();
    return stage;
  }

  get paths() {
    return homeOf('sim', { KMM_HOME: this.home });
  }

  /** `kmm run` against the exchange through the proxy. */
  run(orders: Omit<HookOrders, 'folder'> = {}, home = this.home): Command {
    const { keyId, keyFile } = this.exchange;
    const words = ['run', '--sim-url', new URL(this.proxy.rest).origin, '--key-id', keyId, '--key-file', keyFile];
    const life = this.command([...words, '--json'], orders, home);
    if (home === this.home) this.lives.push(life);
    return life;
  }

  command(words: readonly string[], orders: Omit<HookOrders, 'folder'> = {}, home = this.home): Command {
    return new Command(words, {
      ...{ PATH: process.env.PATH ?? '', HOME: this.folder, KMM_HOME: home },
      // One port, and many stages.
      KMM_METRICS_ENABLED: 'false',
      KMM_QUOTING_LEASE_SECONDS: String(this.leaseSeconds),
      NODE_OPTIONS: `--import=${HOOK}`,
      CHAOS: JSON.stringify({ folder: join(this.folder, 'hook'), ...orders } satisfies HookOrders),
    });
  }

  get life(): Command {
    const life = this.lives.at(-1);
    if (life === undefined) throw new Error('nothing runs on this stage yet');
    return life;
  }

  check(invariant: string, holds: boolean, text: string): void {
    if (!holds) this.violations.push({ invariant, text });
  }

  /** Whether the machine has more to do than it can; a run in which a promise was judged by that says so. */
  noteBusy(): boolean {
    if (isBusy()) this.facts.isBusy = true;
    return isBusy();
  }

  /** When the point was reached and the process killed there, in our time. */
  firedAt(): number | undefined {
    const path = join(this.folder, 'hook', 'fired');
    if (!existsSync(path)) return undefined;
    const text = readFileSync(path, 'utf8');
    // It is made before it is filled.
    if (text === '') return undefined;
    return (JSON.parse(text) as { at: number }).at - (Date.now() - performance.now());
  }

  passes(): number {
    const path = join(this.folder, 'hook', 'passes');
    return existsSync(path) ? readFileSync(path, 'utf8').length : 0;
  }

  shiftClock(ms: number): void {
    writeFileSync(join(this.folder, 'hook', 'clock'), String(ms));
  }

  pid(role: 'command' | 'trader'): number | undefined {
    return pidIn(this.home, role);
  }

  signal(role: 'command' | 'trader', signal: NodeJS.Signals): number {
    const pid = role === 'command' ? this.life.pid : this.pid(role);
    if (pid !== undefined) signalled(pid, signal);
    return performance.now();
  }

  /** From outside, at once, and written down as a point of the source would be. */
  strike(victims: 'trader' | 'both'): void {
    writeFileSync(join(this.folder, 'hook', 'fired'), JSON.stringify({ at: Date.now() }));
    if (victims === 'both') this.signal('command', 'SIGKILL');
    this.signal('trader', 'SIGKILL');
  }

  /** The newest status that the running life has printed. */
  status(): Printed | undefined {
    return this.life.lines('status').at(-1);
  }

  /** Whether quotes rest and nothing is in doubt; the life that ended never does. */
  async quoting(withinMs = FIRST_QUOTES_MS, life = this.life, since = life.startedAt): Promise<boolean> {
    const isQuoting = () => {
      const status = life.printed.findLast(({ at, line }) => at > since && line.type === 'status')?.line;
      return status?.state === 'quoting' && Number(status.restingOrders) > 0 && status.unknownOrders === 0;
    };
    const found = await until(() => (isQuoting() ? 'yes' : life.hasEnded && 'ended'), withinMs);
    return found === 'yes';
  }

  /** Waits so long for it from when the first quotes rest, or until the life is over. */
  async during<Found>(find: () => Found | undefined, withinMs: number): Promise<Found | undefined> {
    const isOver = () => this.life.hasEnded && this.life.printed.length > 0;
    const rests = () => Number(this.status()?.restingOrders ?? 0) > 0;
    await until(() => find() !== undefined || isOver() || rests(), FIRST_QUOTES_MS);
    await until(() => find() !== undefined || isOver(), withinMs);
    return find();
  }

  /** The newest session of the journal; call it before the next one begins. */
  lastSession(): number {
    return lastSessionIn(this.paths.database);
  }

  /** The first moment from `since` on at which nothing of these sessions and older ones rested. */
  goneAt(session: number, since: number): number | undefined {
    return this.looks.find(
      ({ askedAt, resting }) => askedAt >= since && !resting.some((id) => sessionOf(id) <= session),
    )?.at;
  }

  /** The first moment at which an order of a newer session rested. */
  newAt(session: number): number | undefined {
    return this.looks.find(({ resting }) => resting.some((id) => sessionOf(id) > session))?.at;
  }

  async end(): Promise<void> {
    this.#isWatching = false;
    await this.#watching;
    for (const { pid } of processesIn(this.home)) signalled(pid, 'SIGKILL');
    await this.exchange.end();
    await this.proxy.close();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  async #watch(): Promise<void> {
    while (this.#isWatching) {
      const askedAt = performance.now();
      try {
        const resting = (await this.exchange.orders('resting')).map((order) => order.client_order_id);
        this.looks.push({ askedAt, at: performance.now(), resting });
      } catch {
        // An exchange that was killed has no truth any more.
      }
      await sleep(LOOK_MS);
    }
  }
}

/** `kmm-<instance>-<session>-…` */
function sessionOf(clientOrderId: string): number {
  return Number(clientOrderId.split('-')[2]);
}
