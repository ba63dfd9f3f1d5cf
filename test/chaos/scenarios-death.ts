/** Processes that die: at named points, at any moment, one of them or both, and with nobody to come back (F28, F29, F30, F34). */
import {
  bothDie,
  comeToQuote,
  endsWell,
  hasEnded,
  heals,
  leasesEnd,
  leftGoes,
  pause,
  seconds,
  startAgain,
  survivesTrader,
} from './acts.ts';
import { type CallKind, kindOf } from './call-faults.ts';
import { countOf } from './journal-reader.ts';
import { makeOldDatabase, OLD_TABLES } from './old-database.ts';
import type { Plan } from './plan.ts';
import { POINTS } from './points.ts';
import { signalled, until } from './processes.ts';
import type { Stage } from './stage.ts';

/** In which a point is passed, or the run goes by untouched: leases are renewed in it. */
const FIRES_MS = 8_000;
const ALONGSIDE_MS = 1_500;

/** The N-th passing of a named point of the source. */
export async function atPoint(stage: Stage, plan: Plan): Promise<void> {
  const { point: name = '', nth, victims } = plan;
  const point = POINTS.find((one) => one.name === name);
  if (point === undefined) throw new Error(`there is no point ${name}`);
  const orders = { point: name, nth, victims };
  const { database } = stage.paths;
  if (point.phase === 'migration') makeOldDatabase(database, 1 + (plan.seed % 3));
  const before = OLD_TABLES.map((table) => countOf(database, table));
  if (point.phase === 'start') {
    await comeToQuote(stage);
    await bothDie(stage);
  }
  stage.run(orders);
  if (point.phase === 'stop') {
    await stage.quoting();
    stage.signal('command', 'SIGTERM');
  }
  await diesOrPasses(stage, plan, point.phase === 'stop');
  const after = OLD_TABLES.map((table) => countOf(database, table));
  const isKept = after.every((rows, index) => rows >= (before[index] ?? 0));
  stage.check('I12', isKept, `rows of ${OLD_TABLES}: ${before}, then ${after}`);
  await endsWell(stage);
}

/** The N-th request of a kind is out: before the exchange has it, or when it has answered and nobody has heard. */
export async function onTheWire(
  stage: Stage,
  plan: Plan,
  when: 'bytes-out' | 'answer-out',
  kind: CallKind,
): Promise<void> {
  let calls = 0;
  const strike = (isIt: boolean): void => {
    if (!isIt) return;
    calls += 1;
    if (calls === plan.nth) stage.strike(plan.victims);
  };
  if (when === 'bytes-out') {
    stage.onCall = (call) => {
      strike(kindOf(call) === kind);
      return undefined;
    };
  } else stage.onAnswer = (call) => strike(kindOf(call) === kind);
  stage.run();
  if (kind === 'cancel') {
    await stage.quoting();
    stage.signal('command', 'SIGTERM');
  }
  await diesOrPasses(stage, plan, kind === 'cancel');
  await endsWell(stage);
}

/** What follows when the process was killed; when the point was not passed often enough, nothing. */
async function diesOrPasses(stage: Stage, { victims, alongside }: Plan, isStopping: boolean): Promise<void> {
  const diedAt = await stage.during(() => stage.firedAt(), FIRES_MS);
  const isFired = diedAt !== undefined;
  stage.facts.isFired = isFired;
  if (isFired && alongside !== undefined) {
    // From the first call of whoever comes next.
    stage.onCall = () => {
      stage.onCall = () => undefined;
      stage.proxy.inflict({ kind: alongside, ms: ALONGSIDE_MS });
      return undefined;
    };
  }
  if (isFired && victims === 'both') return startAgain(stage);
  if (isStopping) return hasEnded(stage, 0);
  if (isFired) await survivesTrader(stage, diedAt);
}

export async function traderDies(stage: Stage, { afterMs }: Plan): Promise<void> {
  await comeToQuote(stage);
  await pause(afterMs);
  await survivesTrader(stage, stage.signal('trader', 'SIGKILL'));
  await endsWell(stage);
}

export async function everythingDies(stage: Stage, { afterMs }: Plan): Promise<void> {
  await comeToQuote(stage);
  await pause(afterMs);
  await bothDie(stage);
  await startAgain(stage);
  await endsWell(stage);
}

export async function hostIsGone(stage: Stage, { afterMs }: Plan): Promise<void> {
  await comeToQuote(stage);
  await pause(afterMs);
  await leasesEnd(stage, await bothDie(stage));
  await startAgain(stage);
  await endsWell(stage);
}

/** Its trader is told by the broken channel: it cancels, verifies, leaves. */
export async function supervisorDies(stage: Stage, { afterMs }: Plan): Promise<void> {
  await comeToQuote(stage);
  await pause(afterMs);
  const session = stage.lastSession();
  const diedAt = stage.signal('command', 'SIGKILL');
  await leftGoes(stage, session, diedAt);
  const isGone = await until(() => stage.pid('trader') === undefined, ORPHAN_MS);
  stage.check('leftovers', isGone === true, 'the trader of a dead supervisor lives on');
  await startAgain(stage);
  await endsWell(stage);
}

const ORPHAN_MS = 30_000;

/** One signal, at any moment: also while it starts. */
export async function isTold(stage: Stage, { afterMs, signal }: Plan): Promise<void> {
  stage.run();
  await until(() => stage.life.lines('log').length > 0, START_MS);
  await pause(afterMs);
  await endsWell(stage, signal);
}

const START_MS = 20_000;

/** The reader of its output has gone: it stops as if told. */
export async function losesReader(stage: Stage, { afterMs }: Plan): Promise<void> {
  await comeToQuote(stage);
  await pause(afterMs);
  stage.life.closeOutput();
  await hasEnded(stage, 0);
  // It could not say how it went; the next life can.
  await startAgain(stage);
  await endsWell(stage);
}

/** The second ^C leaves at once; what it leaves goes on cancelling by itself. */
export async function isToldTwice(stage: Stage, { afterMs, signal }: Plan): Promise<void> {
  const life = await comeToQuote(stage);
  await pause(afterMs);
  const session = stage.lastSession();
  const trader = stage.pid('trader');
  // It must not be done before the second one comes.
  if (trader !== undefined) signalled(trader, 'SIGSTOP');
  stage.signal('command', signal);
  await until(() => /cancelling|stopping/.test(life.stderr), 5_000);
  const secondAt = stage.signal('command', signal);
  await hasEnded(stage, signal === 'SIGINT' ? 130 : 143);
  stage.check('exit', performance.now() - secondAt < 2_000, 'the second signal did not end it at once');
  const left = life.lines('left').at(-1)?.orders as readonly unknown[] | undefined;
  stage.check('exit', (left ?? []).length > 0, `it did not say what may rest: ${life.stderr.slice(-300)}`);
  if (trader !== undefined) signalled(trader, 'SIGCONT');
  await leftGoes(stage, session, performance.now());
  await until(() => stage.pid('trader') === undefined, ORPHAN_MS);
  await startAgain(stage);
  await endsWell(stage);
}

/** Stopped and let go on: on waking nothing is decided on what was known before. Longer than 20 s, it is killed. */
export async function freezes(stage: Stage, { afterMs, lastsMs }: Plan, role: 'command' | 'trader'): Promise<void> {
  await comeToQuote(stage);
  await pause(afterMs);
  const session = stage.lastSession();
  const pid = stage.pid(role);
  const stoppedAt = stage.signal(role, 'SIGSTOP');
  await pause(lastsMs);
  if (pid !== undefined) signalled(pid, 'SIGCONT');
  const isKilled = role === 'trader' && lastsMs > STALL_MS;
  if (isKilled) await survivesTrader(stage, stoppedAt + STALL_MS, session);
  else await heals(stage);
  stage.facts.frozenSeconds = seconds(lastsMs);
  stage.check(
    'I6',
    isKilled || role === 'trader' || stage.lastSession() === session,
    'a trader was killed for a nap of its supervisor',
  );
  await endsWell(stage);
}

/** The supervisor kills a trader without a turn for so long. */
const STALL_MS = 20_000;

/** The exchange is gone for good: it stops unconfirmed, says so, and leaves nothing on this machine. */
export async function exchangeDies(stage: Stage, { afterMs }: Plan): Promise<void> {
  await comeToQuote(stage);
  await pause(afterMs);
  stage.exchange.kill();
  await pause(2_000);
  stage.signal('command', 'SIGTERM');
  await hasEnded(stage, 9);
  stage.facts.isExchangeGone = true;
}
