/**
 * Loaded before kmm (`NODE_OPTIONS=--import`) by the processes of a chaos run, and inherited by the children that kmm
 * starts. Kills the process at the N-th passing of a named point (points.ts), once per run; shifts the trader's wall clock.
 * What to do is in the variable CHAOS; what was done is in files of its folder, for the process does not live to tell.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { PASS, POINTS, withPoints } from './points.ts';

export interface HookOrders {
  /** Where `fired` and `passes` are written and `clock` (milliseconds to add to the wall's time) is read. */
  readonly folder: string;
  readonly point?: string;
  readonly nth?: number;
  /** `both`: the supervisor as well. */
  readonly victims?: 'trader' | 'both';
  readonly shiftsClock?: boolean;
}

const CLOCK_LOOK_MS = 20;

const isTrader = /trader-process\.[jt]s$/.test(process.argv[1] ?? '');
if (isTrader && isMainThread && process.env.CHAOS !== undefined) obey(JSON.parse(process.env.CHAOS) as HookOrders);

function obey(orders: HookOrders): void {
  if (orders.point !== undefined) killAt(orders.point, orders);
  if (orders.shiftsClock === true) shiftClock(join(orders.folder, 'clock'));
}

function killAt(name: string, { folder, nth = 1, victims = 'trader' }: HookOrders): void {
  const point = POINTS.find((one) => one.name === name);
  if (point === undefined) throw new Error(`there is no point ${name}`);
  let passes = 0;
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      if (!url.endsWith(`/src/lib/${point.file}`)) return loaded;
      return { ...loaded, source: withPoints(Buffer.from(loaded.source as Uint8Array).toString(), [point]) };
    },
  });
  Object.assign(globalThis, {
    [PASS]: () => {
      passes += 1;
      const fired = join(folder, 'fired');
      if (existsSync(fired)) return;
      appendFileSync(join(folder, 'passes'), '.');
      if (passes !== nth) return;
      writeFileSync(fired, JSON.stringify({ pid: process.pid, at: Date.now() }));
      if (victims === 'both') process.kill(process.ppid, 'SIGKILL');
      process.kill(process.pid, 'SIGKILL');
    },
  });
}

/** Every way of asking for the wall's time; monotonic time is left alone, as a step of a real clock leaves it. */
function shiftClock(path: string): void {
  const wall = Date.now.bind(Date);
  let shiftMs = 0;
  const look = () => {
    if (existsSync(path)) shiftMs = Number(readFileSync(path, 'utf8'));
  };
  look();
  setInterval(look, CLOCK_LOOK_MS).unref();
  const now = () => wall() + shiftMs;
  globalThis.Date = new Proxy(Date, {
    construct: (target, words, maker) => Reflect.construct(target, words.length === 0 ? [now()] : words, maker),
    get: (target, key, receiver) => (key === 'now' ? now : Reflect.get(target, key, receiver)),
  });
}
