/**
 * The embedded exchange as a process of its own: told over the channel what to serve, ends a little after the channel
 * does, so that a trader whose supervisor died can still cancel.
 */
import { KmmError } from '../errors/errors.ts';
import { guardCrash, guardOutput } from '../keys/guard-process.ts';
import { lastResort } from '../last-resort.ts';
import { type SimServing, serveSim } from '../sim/sim-serve.ts';
import type { ExchangeStart, FromExchange, ToExchange } from './messages.ts';

/** For a trader that is on its own: longer than it needs to cancel and verify. */
const GRACE_MS = 4_000;
/** Results and settlements of a recording come within this after its end. */
const AFTER_END_MS = 70_000;
const LOOK_MS = 500;

let serving: SimServing | undefined;

guardOutput();
guardCrash((error) => {
  lastResort(`the embedded exchange broke: ${error instanceof Error ? error.stack : error}`);
  process.exit(1);
});
process.on('message', (message: ToExchange) => void (message.type === 'start' ? start(message) : end()));
process.on('disconnect', () => setTimeout(() => void end(), serving === undefined ? 0 : GRACE_MS));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});

async function start({ world, port, speed, keyKind, keyDirectory }: ExchangeStart): Promise<void> {
  try {
    serving = await serveSim({ ...world, port, speed, keyKind, keyDirectory });
    const { listening, endAt, now, notes, series } = serving;
    const { rest, ws, keyId, privateKeyFile } = listening;
    say({
      ...{ type: 'listening', notes, link: { rest, ws, keyId, keyFile: privateKeyFile } },
      ...(series !== undefined && { series }),
    });
    if (endAt === undefined) return;
    const watch = setInterval(() => {
      if (now() < endAt + AFTER_END_MS) return;
      clearInterval(watch);
      say({ type: 'over' });
    }, LOOK_MS);
  } catch (error) {
    const isOurs = error instanceof KmmError;
    const message = isOurs ? error.what : error instanceof Error ? (error.stack ?? error.message) : String(error);
    say({ type: 'failed', error: { code: isOurs ? error.code : 'KMM_BUG', message } }, () => process.disconnect());
  }
}

async function end(): Promise<void> {
  await serving?.close();
  process.exit(0);
}

/** The supervisor may die at any moment: what cannot be said is no error. */
function say(message: FromExchange, whenOut: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, whenOut);
}
