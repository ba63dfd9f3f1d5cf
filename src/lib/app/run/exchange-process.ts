/**
 * The embedded exchange as a process of its own: told over the channel what to serve, ends a little after the channel
 * does, so that a trader whose supervisor died can still cancel.
 */
import type { LogLevel } from '../config/config-schema.ts';
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
let unlisten: (() => void) | undefined;
let logLevel: LogLevel = 'info';

guardOutput();
guardCrash((error) => {
  lastResort(`the embedded exchange broke: ${error instanceof Error ? error.stack : error}`);
  process.exit(1);
});
process.on('message', receive);
process.on('disconnect', () => setTimeout(() => void end(), serving === undefined ? 0 : GRACE_MS));
// The level of the log comes over the channel: the signal is the supervisor's.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => {});

function receive(message: ToExchange): void {
  if (message.type === 'start') void start(message);
  else if (message.type === 'log_level') listen(message.level);
  else void end();
}

async function start({ logLevel: level = 'info', world, ...serve }: ExchangeStart): Promise<void> {
  try {
    logLevel = level;
    const { port, speed, keyKind, keyDirectory } = serve;
    serving = await serveSim({ ...world, port, speed, keyKind, keyDirectory });
    listen(logLevel);
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

/** What happens on the exchange is told where everything is said, and costs nothing elsewhere. */
function listen(level: LogLevel): void {
  logLevel = level;
  unlisten?.();
  unlisten = undefined;
  if (level !== 'debug' || serving === undefined) return;
  unlisten = serving.onEvent(({ type, at, ...facts }) => {
    const told = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
    say({ type: 'log', line: { at, level: 'debug', text: `exchange: ${type} ${told.join(', ')}` } });
  });
}

async function end(): Promise<void> {
  await serving?.close();
  process.exit(0);
}

/** The supervisor may die at any moment: what cannot be said is no error. */
function say(message: FromExchange, whenOut: () => void = () => {}): void {
  if (process.connected) process.send?.(message, undefined, undefined, whenOut);
}
