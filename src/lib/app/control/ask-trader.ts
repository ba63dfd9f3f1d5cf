/** Asks the running trader that holds the lock. An answer that never comes says nothing about the order: it can be asked for again. */
import { askControl } from '../../adapters/system/control-socket.ts';
import { type ErrorDetails, isErrorCode, KmmError } from '../errors/errors.ts';
import { CONTROL_VERSION, type ControlAnswer, type ControlRequest } from './control-messages.ts';

type Wish = ControlRequest extends infer Request
  ? Request extends ControlRequest
    ? Omit<Request, 'version'>
    : never
  : never;

/** Above what a trader takes to prove an order or give up. */
const ANSWER_MS = 30_000;
/** A verb is done at once or not at all: after this the database is the way (operator.md 3). */
export const VERB_MS = 2_000;

/** Verbs that only look. */
const LOOKS: ReadonlySet<string> = new Set(['status', 'view', 'risk', 'check', 'money', 'end', 'flatten_look']);

type Told = Exclude<ControlAnswer, { kind: 'failed' }>;

/** Throws KMM_LOCKED when nobody answers there, and whatever error the trader met. */
export async function askTrader(path: string, pid: number, wish: Wish): Promise<Told> {
  const answer = await askWithin(path, wish, ANSWER_MS);
  if (answer.kind === 'unreachable') throw deaf(pid, answer.reason, wish);
  return answer;
}

/** Throws whatever error the trader met; that nobody answers in time is an answer here. */
export async function askWithin(
  path: string,
  wish: Wish,
  timeoutMs: number,
): Promise<Told | { readonly kind: 'unreachable'; readonly reason: string }> {
  const heard = await askControl(path, { ...wish, version: CONTROL_VERSION }, timeoutMs);
  if (heard.kind === 'unreachable') return heard;
  const answer = heard.value as ControlAnswer;
  if (answer.kind !== 'failed') return answer;
  const { code, message, position, next } = answer;
  const details: ErrorDetails = { ...(position !== undefined && { position }), ...(next !== undefined && { next }) };
  throw new KmmError(isErrorCode(code) ? code : 'KMM_BUG', message, details);
}

function deaf(pid: number, reason: string, wish: Wish): KmmError {
  const isHarmless = LOOKS.has(wish.verb) || (wish.verb === 'ask' && wish.isDryRun);
  const position = isHarmless
    ? 'the trader goes on; nothing was asked of it'
    : 'the trader goes on; what was asked may have been done: look before you ask again';
  return new KmmError('KMM_LOCKED', `process ${pid} runs here and does not answer on its control socket: ${reason}`, {
    position,
    next: ['kmm trade orders', 'kmm trade positions', 'kmm kill'],
  });
}
