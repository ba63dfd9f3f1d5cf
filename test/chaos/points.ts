/**
 * The named points of the order path at which a process is killed (reliability.md F28), each as a place in the source: the
 * line that holds `anchor`, before or after it. The source itself knows nothing of them: hook.ts inserts a call when the
 * file is loaded, and fails loudly when the anchor is not there exactly once.
 */
export interface Point {
  readonly name: string;
  /** Below src/lib. */
  readonly file: string;
  readonly anchor: string;
  readonly where: 'before' | 'after';
  /** What a run has to be doing for the point to be passed. */
  readonly phase: 'quoting' | 'start' | 'migration' | 'stop';
}

const journal = 'adapters/store/journal.ts';
const migrations = 'adapters/store/migrations.ts';
const gateway = 'adapters/kalshi/gateway.ts';
const sendTurn = 'app/session/send-turn.ts';
const session = 'app/session/session.ts';
const cancelOurs = 'app/session/orders/cancel-ours.ts';
const endSession = 'app/session/end-session.ts';

/** In the order in which a session comes to them. */
export const POINTS: readonly Point[] = [
  at('migration-copying', migrations, 'renameSync(partial, path);', 'before', 'migration'),
  at('migration-backed-up', migrations, 'renameSync(partial, path);', 'after', 'migration'),
  at('migration-step-run', migrations, 'database.exec(sql);', 'after', 'migration'),
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is looked for as it is written there
  at('migration-step-numbered', migrations, 'database.pragma(`user_version = ${step}`);', 'after', 'migration'),
  at(
    'session-numbered',
    'app/session/open-records.ts',
    'const { instance, session: number } = record;',
    'after',
    'start',
  ),
  at('start-listed', cancelOurs, 'const answer = await inTime(controls.cancelById(resting));', 'before', 'start'),
  at('start-cancelled', cancelOurs, 'const answer = await inTime(controls.cancelById(resting));', 'after', 'start'),
  at('start-empty', session, 'await this.#restoreLedger();', 'before', 'start'),
  at('start-ledger', session, 'await this.#restoreLedger();', 'after', 'start'),
  at('before-commit', sendTurn, 'journal.commitTurn({ turn, at, intents });', 'before', 'quoting'),
  at('in-commit', journal, 'for (const intent of intents) recorder.intent(intent, at);', 'after', 'quoting'),
  at('after-commit', sendTurn, 'gateway.submit(intents);', 'before', 'quoting'),
  at('submitted', sendTurn, 'gateway.submit(intents);', 'after', 'quoting'),
  at('reply', gateway, 'const reply = await answer;', 'after', 'quoting'),
  at(
    'reply-applied',
    gateway,
    "emit({ type: 'create_outcome', at: clock.now(), clientOrderId, outcome });",
    'after',
    'quoting',
  ),
  at(
    'change-applied',
    gateway,
    "emit({ type: 'change_outcome', at: clock.now(), clientOrderId, change: kind, outcome });",
    'after',
    'quoting',
  ),
  at('event-unwritten', journal, 'if (this.#pending.addEvent(event)) this.flush();', 'after', 'quoting'),
  at('stop-cancelled', session, 'await time.within(desk.groups.drop(), isConfirmed);', 'before', 'stop'),
  at('stop-groups-dropped', session, 'await time.within(desk.groups.drop(), isConfirmed);', 'after', 'stop'),
  at('stop-compared', endSession, 'journal.endSession(clock.now());', 'before', 'stop'),
  at('stop-ended', endSession, 'await tape.close();', 'after', 'stop'),
];

function at(name: string, file: string, anchor: string, where: Point['where'], phase: Point['phase']): Point {
  return { name, file, anchor, where, phase };
}

/** Name of the function that the inserted calls call. */
export const PASS = '__kmmChaosPass';

/** The source with a call at each of these points. Throws when an anchor is not there exactly once. */
export function withPoints(source: string, points: readonly Point[]): string {
  let text = source;
  for (const { name, file, anchor, where } of points) {
    const times = source.split(anchor).length - 1;
    if (times !== 1) throw new Error(`the anchor of point ${name} is ${times} times in ${file}, not once: ${anchor}`);
    const call = `globalThis.${PASS}(${JSON.stringify(name)});`;
    const marked = where === 'before' ? `${call} ${anchor}` : `${anchor} ${call}`;
    text = text.replace(anchor, () => marked);
  }
  return text;
}
