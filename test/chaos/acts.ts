/** What scenarios are made of: come to quote, die, be started again, end in good order; each with what it promises. */
import { setTimeout as sleep } from 'node:timers/promises';
import { checkAccount, checkLedger, checkLeftovers, saidOf } from './checks.ts';
import type { HookOrders } from './hook.ts';
import { type Command, until } from './processes.ts';
import type { Stage } from './stage.ts';

/** Resting orders of a life that is over are gone so soon after a restart (I6). */
const GONE_MS = 10_000;
/** Where processes wait for a processor, what they take to start is the machine's; it is told all the same. */
const GONE_BUSY_MS = 30_000;
/** Quoting again after a crash (I13). */
const AGAIN_MS = 60_000;
/** One stop: cancelling is bounded by 10 s, the closing comparison by 20 s. */
const STOP_MS = 35_000;
/** With no restart, the longest lease and this (I6). */
const AFTER_LEASE_MS = 5_000;
const UNREACHABLE_EXIT = 5;
const SERVICE_RESTART_MS = 500;
/** Looking takes time, and so does burying. */
const SLACK_MS = 500;

export async function comeToQuote(stage: Stage, orders: Omit<HookOrders, 'folder'> = {}): Promise<Command> {
  const life = stage.run(orders);
  const isQuoting = await stage.quoting(AGAIN_MS, life);
  stage.check('start', isQuoting, `it never quoted: ${saidOf(life)}`);
  return life;
}

/** The supervisor lives: what the dead trader left is gone, and the next one quotes. */
export async function survivesTrader(stage: Stage, diedAt: number, session = stage.lastSession()): Promise<void> {
  await Promise.all([leftGoes(stage, session, diedAt), quotesAgain(stage, session, diedAt)]);
}

/** All of it is dead: it is started again, with orders for the next life where the plan has some. */
export async function startAgain(stage: Stage, orders: Omit<HookOrders, 'folder'> = {}): Promise<void> {
  const session = stage.lastSession();
  await until(() => stage.life.hasEnded, GONE_MS);
  const life = stage.run(orders);
  await Promise.all([leftGoes(stage, session, life.startedAt), quotesAgain(stage, session, life.startedAt)]);
}

export async function bothDie(stage: Stage): Promise<number> {
  stage.signal('command', 'SIGKILL');
  const diedAt = stage.signal('trader', 'SIGKILL');
  await stage.life.exit;
  return diedAt;
}

/** Nobody comes back: the leases end everything. */
export async function leasesEnd(stage: Stage, diedAt: number): Promise<void> {
  const session = stage.lastSession();
  const boundMs = stage.leaseSeconds * 1_000 + AFTER_LEASE_MS;
  const goneAt = await until(() => stage.goneAt(session, diedAt), boundMs + SLACK_MS);
  stage.check('I6', goneAt !== undefined, `orders rest ${boundMs} ms after the host was gone`);
  if (goneAt !== undefined) stage.facts.leasesEndedSeconds = seconds(goneAt - diedAt);
}

/** Orders of this session and older ones. */
export async function leftGoes(stage: Stage, session: number, since: number): Promise<void> {
  const boundMs = stage.noteBusy() ? GONE_BUSY_MS : GONE_MS;
  const goneAt = await until(() => stage.goneAt(session, since), boundMs + SLACK_MS);
  const text = `orders of session ${session} rest ${boundMs} ms later: ${saidOf(stage.life)}`;
  stage.check('I6', goneAt !== undefined, text);
  if (goneAt !== undefined) most(stage, 'restingGoneSeconds', goneAt - since);
}

async function quotesAgain(stage: Stage, session: number, since: number): Promise<void> {
  const giveUpAt = since + AGAIN_MS;
  const look = () =>
    until(() => stage.newAt(session) ?? (stage.life.hasEnded && 'ended'), giveUpAt - performance.now());
  let seen = await look();
  // A start that cannot reach the exchange gives up: whoever started it starts it again.
  while (seen === 'ended' && performance.now() < giveUpAt && (await stage.life.exit) === UNREACHABLE_EXIT) {
    await pause(SERVICE_RESTART_MS);
    stage.run();
    seen = await look();
  }
  if (typeof seen !== 'number') {
    stage.check('I13', false, `not quoting again: ${saidOf(stage.life)}`);
  } else most(stage, 'quotingAgainSeconds', seen - since);
}

/** The faults are over: quoting with nothing in doubt within 30 s, or a halt that says its name. */
export async function heals(stage: Stage): Promise<void> {
  const since = performance.now();
  const isQuoting = await stage.quoting(HEALED_MS, stage.life, since);
  const halts = haltsOf(stage);
  if (!isQuoting && halts.length > 0) stage.facts.halted = halts.join(' ');
  const status = stage.status();
  const how = `${status?.state}, ${status?.restingOrders} resting, ${status?.unknownOrders} unknown`;
  stage.check('I13', isQuoting || halts.length > 0, `30 s later: ${how}; ${saidOf(stage.life)}`);
  if (isQuoting) stage.facts.healedSeconds = seconds(performance.now() - since);
}

const HEALED_MS = 30_000;

function haltsOf(stage: Stage): readonly string[] {
  const halts = (stage.status()?.halts ?? []) as readonly { readonly name: string; readonly scope: string }[];
  return halts.filter(({ scope }) => scope === '*').map(({ name }) => name);
}

/** One signal: it cancels, verifies, sums up, exits 0; and the account is as the ledger says. */
export async function endsWell(stage: Stage, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  if (stage.life.hasEnded) {
    if (stage.life.lines('summary').length > 0) return settled(stage);
    await startAgain(stage);
  }
  stage.signal('command', signal);
  await hasEnded(stage, 0);
  // A trader that was killed while it stopped cannot sum up; the next life can.
  if (stage.life.lines('summary').length === 0 && stage.life.lines('stopped').length > 0) {
    stage.run();
    await stage.quoting();
    stage.signal('command', signal);
    await hasEnded(stage, 0);
  }
  await settled(stage);
}

export async function hasEnded(stage: Stage, exit: number): Promise<void> {
  const { life } = stage;
  const since = performance.now();
  const got = await until(async () => (life.hasEnded ? await life.exit : undefined), STOP_MS);
  if (got === undefined) stage.signal('command', 'SIGKILL');
  stage.check('exit', got === exit, `exit ${got ?? 'none within 35 s'}, not ${exit}: ${saidOf(life)}`);
  most(stage, 'stopSeconds', performance.now() - since);
}

/** Everything that can be said of a run whose exchange lives. */
export async function settled(stage: Stage): Promise<void> {
  await checkAccount(stage);
  await checkLedger(stage, stage.life);
  await checkLeftovers(stage);
  const bad = stage.lives.flatMap((life) => life.lines('status')).flatMap(({ halts }) => halts as { name: string }[]);
  const broken = new Set(bad.map(({ name }) => name).filter((name) => name === 'RECONCILE' || name === 'INVARIANT'));
  stage.check('I2', broken.size === 0, `halted: ${[...broken].join(' ')}`);
}

/** The longest of its kind in this run, in seconds. */
function most(stage: Stage, name: string, ms: number): void {
  stage.facts[name] = Math.max(Number(stage.facts[name] ?? 0), seconds(ms));
}

export function seconds(ms: number): number {
  return Math.round(Math.max(0, ms) / 10) / 100;
}

export function pause(ms: number): Promise<void> {
  return sleep(ms);
}
