/** What the machine runs out of: disk, a disk that can be written, descriptors (F31). */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { comeToQuote, endsWell, heals, leftGoes, pause, startAgain } from './acts.ts';
import { saidOf } from './checks.ts';
import { mountSmallDisk, type SmallDisk } from './disk.ts';
import type { Plan } from './plan.ts';
import { until } from './processes.ts';
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
    // What was latched is kept in the room set aside for it, and only an operator ends it.
    await stage.command(['resume', '--all', '--yes', '--json']).exit;
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
