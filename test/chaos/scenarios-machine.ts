/** Clocks that step, and a second instance (F21, F33). */
import { join } from 'node:path';
import { comeToQuote, endsWell, hasEnded, heals, leftGoes, pause } from './acts.ts';
import { checkAccount, saidOf } from './checks.ts';
import type { Plan } from './plan.ts';
import { until } from './processes.ts';
import type { Stage } from './stage.ts';

const ENDS_MS = 20_000;
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
    await stage.command(['resume', '--all', '--yes', '--json']).exit;
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
  const halts = () => [stage.life, second].map((life) => namesOf(life.lines('status').at(-1)?.halts));
  const isHalted = () => halts().some((names) => names.includes('SECOND_WRITER'));
  await until(() => second.hasEnded || isHalted(), SECOND_MS);
  stage.facts.isFired = true;
  const isNoticed = second.hasEnded ? (await second.exit) === 8 : isHalted();
  stage.check('F33', isNoticed, `nobody minds: halts ${JSON.stringify(halts())}; ${saidOf(second)}`);
  second.signal('SIGTERM');
  await until(() => second.hasEnded, ENDS_MS);
  stage.signal('command', 'SIGTERM');
  await hasEnded(stage, 0);
  await checkAccount(stage, [stage.paths.database, join(elsewhere, 'sim', 'kmm.db')]);
}

/** To start, and to look at the account. */
const SECOND_MS = 20_000;

function namesOf(halts: unknown): readonly string[] {
  return ((halts ?? []) as readonly { readonly name: string }[]).map(({ name }) => name);
}
