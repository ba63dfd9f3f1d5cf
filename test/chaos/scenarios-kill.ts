/** `kmm kill` from another terminal (I5). */
import { bothDie, comeToQuote, hasEnded, pause, seconds, settled } from './acts.ts';
import { kindOf } from './call-faults.ts';
import { saidOf } from './checks.ts';
import { killedSince } from './journal-reader.ts';
import type { Plan } from './plan.ts';
import { type Command, until } from './processes.ts';
import type { Stage } from './stage.ts';

const ENDS_MS = 20_000;
/** From another terminal: at rest, or while the first quotes of a life are under way and reach the exchange after the sweep. */
export async function killed(stage: Stage, { afterMs, victims }: Plan): Promise<void> {
  await comeToQuote(stage);
  if (victims === 'both') {
    // A journal is there from now on; the next life is killed while it begins.
    await bothDie(stage);
    stage.onCall = (call) => (kindOf(call) === 'create' ? { at: 'late', ms: LATE_MS } : undefined);
    const restartedAt = performance.now();
    stage.run();
    await until(() => stage.calls.some(({ at, kind }) => at > restartedAt && kind === 'create'), ENDS_MS);
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
  await until(() => stage.life.lines('status').length > 0, ENDS_MS);
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
  const [report] = (kill.lines('kill').at(-1)?.environments ?? []) as readonly { readonly firstCancelMs: number }[];
  const ownMs = report?.firstCancelMs ?? Number.POSITIVE_INFINITY;
  stage.check(
    'I5',
    ownMs < FIRST_CANCEL_MS,
    `by its own report, the first cancel of a kill went out after ${ownMs} ms`,
  );
  const isSoon = stage.noteBusy() || firstMs < FIRST_CANCEL_MS;
  stage.check(
    'I5',
    isSoon,
    `the first cancel of a kill was on the wire ${Math.round(firstMs)} ms after it was started`,
  );
  stage.check('I5', gateMs <= GATE_MS, `a create or amend came ${Math.round(gateMs)} ms after the halt`);
}
