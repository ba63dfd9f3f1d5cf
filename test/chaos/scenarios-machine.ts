/** Faults of the machine and of its operator: disks, descriptors, clocks, a second instance, a kill (F21, F31, F33, I5). */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import {
  bothDie,
  comeToQuote,
  endsWell,
  hasEnded,
  heals,
  leftGoes,
  pause,
  seconds,
  settled,
  startAgain,
} from './acts.ts';
import { kindOf } from './call-faults.ts';
import { checkAccount, saidOf } from './checks.ts';
import { mountSmallDisk, type SmallDisk } from './disk.ts';
import { killedSince } from './journal-reader.ts';
import type { Plan } from './plan.ts';
import { type Command, until } from './processes.ts';
import type { Stage } from './stage.ts';

/** Exits of a run that could not write. */
const JOURNAL_EXIT = 1;
const FATAL_MS = 20_000;

export async function diskFull(stage: Stage, plan: Plan): Promise<void> {
  await onSmallDisk(stage, async (disk) => {
    await comeToQuote(stage);
    await pause(plan.afterMs);
    const session = stage.lastSession();
    disk.fill(plan.nth * 4_096);
    stage.facts.isFired = true;
    const fullAt = performance.now();
    const isFatal = await until(() => stage.life.hasEnded, FATAL_MS);
    // With what is left on the last pages it may go on; then it is told to stop, and cannot say so in its journal.
    if (isFatal === undefined) stage.signal('command', 'SIGTERM');
    await until(() => stage.life.hasEnded, FATAL_MS);
    await leftGoes(stage, session, isFatal === undefined ? performance.now() : fullAt);
    if (isFatal !== undefined)
      stage.check(
        'exit',
        (await stage.life.exit) === JOURNAL_EXIT,
        `exit ${await stage.life.exit}: ${saidOf(stage.life)}`,
      );
    disk.free();
    await startAgain(stage);
    await endsWell(stage);
  });
}

export async function diskFails(stage: Stage, plan: Plan): Promise<void> {
  await onSmallDisk(stage, async (disk) => {
    await comeToQuote(stage);
    await pause(plan.afterMs);
    const session = stage.lastSession();
    disk.fail();
    stage.facts.isFired = true;
    const failedAt = performance.now();
    const isFatal = await until(() => stage.life.hasEnded, FATAL_MS);
    stage.check('I5', isFatal !== undefined, `it goes on without a journal: ${saidOf(stage.life)}`);
    await leftGoes(stage, session, failedAt);
    stage.signal('command', 'SIGKILL');
    stage.signal('trader', 'SIGKILL');
    await until(() => stage.pid('trader') === undefined && stage.life.hasEnded, FATAL_MS);
    disk.mend();
    await startAgain(stage);
    await endsWell(stage);
  });
}

async function onSmallDisk(stage: Stage, act: (disk: SmallDisk) => Promise<void>): Promise<void> {
  const disk = mountSmallDisk(stage.home);
  if (disk === undefined) {
    stage.facts.skipped = 'no small file system can be mounted here (needs Linux and root)';
    return;
  }
  try {
    await act(disk);
  } finally {
    disk.unmount();
  }
}

/** The trader may open nothing more; its links are cut, so that it has to. */
export async function noDescriptors(stage: Stage, { afterMs, lastsMs }: Plan): Promise<void> {
  await comeToQuote(stage);
  await pause(afterMs);
  const pid = stage.pid('trader');
  const open = readdirSync(`/proc/${pid}/fd`).length;
  try {
    execFileSync('prlimit', [`--pid=${pid}`, `--nofile=${open}:4096`], { stdio: 'pipe' });
  } catch {
    stage.facts.skipped = 'prlimit is not there, or may not be used';
    return endsWell(stage);
  }
  stage.facts.isFired = true;
  stage.proxy.inflict({ kind: 'drop_links' });
  await pause(lastsMs);
  if (stage.pid('trader') === pid) execFileSync('prlimit', [`--pid=${pid}`, '--nofile=4096:4096'], { stdio: 'pipe' });
  await heals(stage);
  await endsWell(stage);
}

/** The trader's wall clock jumps, and jumps back. */
export async function clockSteps(stage: Stage, { afterMs, lastsMs, clockStepMs }: Plan): Promise<void> {
  await comeToQuote(stage, { shiftsClock: true });
  await pause(afterMs);
  const session = stage.lastSession();
  stage.shiftClock(clockStepMs);
  stage.facts.isFired = true;
  await pause(lastsMs);
  stage.shiftClock(0);
  await heals(stage);
  if (stage.facts.halted !== undefined) {
    await leftGoes(stage, session, performance.now());
    await stage.command(['resume', '--json']).exit;
    await heals(stage);
  }
  await endsWell(stage);
}

/** The same data directory: the second is refused, and the first goes on. */
export async function secondHere(stage: Stage, { afterMs }: Plan): Promise<void> {
  await comeToQuote(stage);
  await pause(afterMs);
  const first = stage.life;
  const second = stage.run();
  stage.lives.pop();
  const exit = await second.exit;
  stage.facts.isFired = true;
  stage.check(
    'I3',
    exit === 8 && second.error?.code === 'KMM_LOCKED',
    `the second one: exit ${exit}, ${saidOf(second)}`,
  );
  stage.check('I3', await stage.quoting(5_000, first), 'the first one does not quote any more');
  await endsWell(stage);
}

/** Another data directory, as on another host, and the same account: neither touches the other's orders without a word. */
export async function secondElsewhere(stage: Stage, { afterMs }: Plan): Promise<void> {
  await comeToQuote(stage);
  await pause(afterMs);
  const elsewhere = join(stage.folder, 'elsewhere');
  const second = stage.run({}, elsewhere);
  await until(() => second.hasEnded, SECOND_MS);
  stage.facts.isFired = true;
  const halts = [stage.life, second].map((life) => namesOf(life.lines('status').at(-1)?.halts));
  const isNoticed = second.hasEnded
    ? (await second.exit) === 8
    : halts.some((names) => names.includes('SECOND_WRITER'));
  stage.check('F33', isNoticed, `nobody minds: halts ${JSON.stringify(halts)}; ${saidOf(second)}`);
  second.signal('SIGTERM');
  await until(() => second.hasEnded, FATAL_MS);
  stage.signal('command', 'SIGTERM');
  await hasEnded(stage, 0);
  await checkAccount(stage, [stage.paths.database, join(elsewhere, 'sim', 'kmm.db')]);
}

const SECOND_MS = 5_000;

function namesOf(halts: unknown): readonly string[] {
  return ((halts ?? []) as readonly { readonly name: string }[]).map(({ name }) => name);
}

/** From another terminal: at rest, or while the first quotes of a life are under way and reach the exchange after the sweep. */
export async function killed(stage: Stage, { afterMs, victims }: Plan): Promise<void> {
  await comeToQuote(stage);
  if (victims === 'both') {
    // A journal is there from now on; the next life is killed while it begins.
    await bothDie(stage);
    stage.onCall = (call) => (kindOf(call) === 'create' ? { at: 'late', ms: LATE_MS } : undefined);
    const restartedAt = performance.now();
    stage.run();
    await until(() => stage.calls.some(({ at, kind }) => at > restartedAt && kind === 'create'), FATAL_MS);
  } else await pause(afterMs);
  const kill = stage.command(['kill', '--json', '--reason', 'chaos']);
  const exit = await kill.exit;
  stage.facts.isFired = true;
  stage.check('exit', exit === 0, `kmm kill: exit ${exit}: ${saidOf(kill)}`);
  checkKill(stage, kill);
  await pause(victims === 'both' ? LATE_MS : 0);
  const before = (await stage.exchange.orders()).length;
  await pause(STAYS_MS);
  const resting = (await stage.exchange.orders('resting')).length;
  const created = (await stage.exchange.orders()).length - before;
  stage.check('I5', resting === 0 && created === 0, `${resting} rest and ${created} were created after a kill`);
  stage.signal('command', 'SIGTERM');
  await hasEnded(stage, 0);
  stage.run();
  await pause(STAYS_MS);
  stage.check('I5', (await stage.exchange.orders()).length === before, 'a restart creates orders after a kill');
  await until(() => stage.life.lines('status').length > 0, FATAL_MS);
  stage.signal('command', 'SIGTERM');
  await hasEnded(stage, 0);
  await settled(stage);
}

/** Longer than a kill takes to start, shorter than a call may take. */
const LATE_MS = 3_000;
const STAYS_MS = 2_000;
/** What is promised (reliability.md section 5). */
const FIRST_CANCEL_MS = 1_000;
const GATE_MS = 50;
/** What starts a process waits for its turn: on a machine with more to do, only what the process itself took is judged. */
const BUSY_LOAD = 1.5;

/** By the proxy's clock: the first cancel on the wire, and the last create or amend after the halt was on disk. */
function checkKill(stage: Stage, kill: Command): void {
  const { startedAt } = kill;
  const sweep = stage.calls.find(({ at, kind }) => at >= startedAt && kind === 'sweep');
  const since = killedSince(stage.paths.database);
  stage.check('I5', since !== undefined, 'the halt is not on disk');
  stage.check('I5', sweep !== undefined, 'no sweep went out');
  if (since === undefined || sweep === undefined) return;
  const latchedAt = since - (Date.now() - performance.now());
  const exposing = stage.calls.filter(({ kind }) => kind === 'create' || kind === 'amend');
  const gateMs = Math.max(0, (exposing.at(-1)?.at ?? 0) - latchedAt);
  const firstMs = sweep.at - startedAt;
  stage.facts.killFirstCancelSeconds = seconds(firstMs);
  stage.facts.killGateMs = Math.round(gateMs);
  const isBusy = (loadavg()[0] ?? 0) / availableParallelism() > BUSY_LOAD;
  stage.facts.isBusy = isBusy;
  const [report] = (kill.lines('kill').at(-1)?.environments ?? []) as readonly { readonly firstCancelMs: number }[];
  const ownMs = report?.firstCancelMs ?? Number.POSITIVE_INFINITY;
  stage.check(
    'I5',
    ownMs < FIRST_CANCEL_MS,
    `by its own report, the first cancel of a kill went out after ${ownMs} ms`,
  );
  const isSoon = isBusy || firstMs < FIRST_CANCEL_MS;
  stage.check(
    'I5',
    isSoon,
    `the first cancel of a kill was on the wire ${Math.round(firstMs)} ms after it was started`,
  );
  stage.check('I5', gateMs <= GATE_MS, `a create or amend came ${Math.round(gateMs)} ms after the halt`);
}
