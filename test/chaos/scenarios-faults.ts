/** Faults of the wire: single calls, whole links, connections refused (F01–F23), while everything else is well. */

import type { Fault, FaultKind } from '../soak/fault-proxy.ts';
import { bothDie, comeToQuote, endsWell, heals, leftGoes, pause, startAgain, survivesTrader } from './acts.ts';
import { ArmedFault, type NamedCallFault } from './call-faults.ts';
import { saidOf } from './checks.ts';
import type { Plan } from './plan.ts';
import { until } from './processes.ts';
import type { Stage } from './stage.ts';

/** In which leases are renewed, so that every kind of call comes. */
const COMES_MS = 8_000;

export async function badCall(stage: Stage, { nth, victims }: Plan, named: NamedCallFault): Promise<void> {
  const { comes } = named;
  // Of what comes in one burst, the first.
  const armed = new ArmedFault(named, comes === 'trader_dead' || comes === 'reconnect' ? 1 : nth);
  const arm = () => {
    stage.onCall = (call) => armed.take(call);
  };
  const hits = () => (armed.hits > 0 ? true : undefined);
  if (comes === 'quoting' || comes === 'start') {
    arm();
    stage.run();
    await stage.during(hits, COMES_MS);
    // What is missing before the first order ends the start; whoever started it tries again.
    const isRefused = comes === 'start' && (await until(() => stage.life.hasEnded, REFUSED_MS)) === true;
    if (isRefused) {
      stage.check(
        'exit',
        (await stage.life.exit) === UNREACHABLE,
        `exit ${await stage.life.exit}: ${saidOf(stage.life)}`,
      );
      await startAgain(stage);
    } else await heals(stage);
  } else {
    await comeToQuote(stage);
    arm();
    if (comes === 'reconnect') {
      stage.proxy.inflict({ kind: 'drop_links' });
      await until(hits, COMES_MS);
      await heals(stage);
    } else if (comes === 'trader_dead' && victims === 'trader') {
      await survivesTrader(stage, stage.signal('trader', 'SIGKILL'));
    } else if (comes === 'trader_dead') {
      await bothDie(stage);
      await startAgain(stage);
    }
  }
  await endsWell(stage);
  stage.facts.isFired = armed.hits > 0;
  stage.facts.hits = armed.hits;
}

const REFUSED_MS = 2_000;
const UNREACHABLE = 5;

/** Faults that the soak's proxy knows; those that last go on for `lastsMs`. */
export async function badLink(stage: Stage, { afterMs, lastsMs }: Plan, kind: FaultKind): Promise<void> {
  await comeToQuote(stage);
  await pause(afterMs);
  stage.proxy.inflict({ kind, ms: lastsMs } as Fault);
  await pause(kind in LASTING ? lastsMs : MOMENT_MS);
  stage.proxy.heal();
  await heals(stage);
  await endsWell(stage);
  stage.facts.isFired = (stage.proxy.hits.get(kind) ?? 0) > 0;
}

const LASTING = { silence_links: true, delay_frames: true, too_many_requests: true, lose_answers: true };
const MOMENT_MS = 1_500;

/** Nothing can be connected to, with orders resting: no outage counts as "not found"; leases end what it cannot reach. */
export async function refused(stage: Stage, { afterMs, lastsMs }: Plan): Promise<void> {
  await comeToQuote(stage);
  await pause(afterMs);
  const session = stage.lastSession();
  await stage.proxy.shut();
  await pause(lastsMs);
  await stage.proxy.open();
  await heals(stage);
  stage.facts.isFired = true;
  stage.check('I13', stage.lastSession() === session, 'it took an outage for a reason to start again');
  await endsWell(stage);
}

/** The trader dies in an outage: the supervisor cannot cancel until it is over. */
export async function refusedInDeath(stage: Stage, { lastsMs }: Plan): Promise<void> {
  await comeToQuote(stage);
  const session = stage.lastSession();
  await stage.proxy.shut();
  const diedAt = stage.signal('trader', 'SIGKILL');
  await pause(lastsMs);
  await stage.proxy.open();
  stage.facts.isFired = true;
  if (stage.life.hasEnded) await startAgain(stage);
  await leftGoes(stage, session, diedAt + lastsMs);
  await heals(stage);
  await endsWell(stage);
}
