/** What stands between the two and is nobody's rule: a proxy that doubles, an answer of somebody else's, a key taken away. */
import { type Grant, SCOPES } from '../../src/lib/adapters/sim-server/access.ts';
import { refuse } from '../../src/lib/adapters/sim-server/rest-answer.ts';
import { REST_PREFIX } from '../../src/lib/adapters/sim-server/rest-face.ts';
import type { ServedVenue } from '../../src/lib/adapters/sim-server/served-venue.ts';
import { chance, seededStream } from '../../src/lib/sim/random.ts';
import type { Counts } from './counts.ts';
import type { Fault, WireFault, WorldPlan } from './plan.ts';
import type { Meddler } from './truth.ts';

type Call = Parameters<ServedVenue['reply']>[1];
type Reply = ReturnType<ServedVenue['reply']>;

const ORDERS = `${REST_PREFIX}/portfolio/events/orders`;
const CONFLICT = 409;
const BEHIND_THE_NEWS_MS = 50;
const REVOKED = refuse(401, 'authentication_error', 'NOT_FOUND');
const READS_ONLY: Grant = { scopes: SCOPES.filter((scope) => scope.startsWith('read')) };

export class Meddling implements Meddler {
  key: 'good' | 'revoked' | 'read_only' = 'good';
  #odds = new Map<WireFault, number>();
  readonly #random;
  readonly #counts: Counts;
  /** What the exchange tells on the stream arrives at once. */
  readonly #isHeard: boolean;

  constructor(plan: WorldPlan, counts: Counts) {
    this.#counts = counts;
    this.#isHeard = plan.faults.every(isHarmlessToNews);
    this.#random = seededStream(`wire of world ${plan.seed}`);
    for (const fault of plan.faults) if (fault.kind === 'wire') this.#odds.set(fault.what, fault.chance);
  }

  behave(): void {
    this.#odds = new Map();
  }

  /** Whether it happens this time. */
  draws(what: WireFault): boolean {
    const odds = this.#odds.get(what);
    if (odds === undefined || !chance(this.#random, odds)) return false;
    this.#counts.add(`wire ${what}`);
    return true;
  }

  meddle({ method, path }: Call, answer: (grant?: Grant) => Reply): Reply | undefined {
    if (this.key === 'revoked') return { answer: REVOKED };
    if (this.key === 'read_only') return answer(READS_ONLY);
    if (this.#odds.size === 0 || method === 'GET' || !path.startsWith(ORDERS)) return undefined;
    if (method === 'POST' && path === ORDERS && this.draws('request_doubled')) {
      // Whoever doubled it hands on what came of the second, unless that says nothing of the first.
      const [first, second] = [answer(), answer()];
      if (second.answer.status === CONFLICT || isUnclear(second)) return second;
      if (isSuccess(first) || !isSuccess(second)) return first;
      // A refusal is all the proof there is (reliability.md section 2): of an order that rests it is handed on only where
      // the stream has surely shown the order before. Elsewhere nobody could keep a limit.
      return this.#isHeard ? { ...first, delayMs: BEHIND_THE_NEWS_MS } : second;
    }
    return this.draws('body_of_another') ? ofAnother(answer()) : undefined;
  }
}

function isHarmlessToNews({ kind, ...fault }: Fault): boolean {
  if (kind === 'exchange' && 'rule' in fault) return !/frame|channel|overflow/.test(String(fault.rule.fault));
  return !['link_cut', 'link_silent', 'frozen', 'starved', 'crash'].includes(kind);
}

function isSuccess({ answer }: Reply): boolean {
  return answer.status >= 200 && answer.status < 300;
}

/** The order may have been taken in all the same. */
function isUnclear({ answer, cut }: Reply): boolean {
  return answer.status >= 500 || cut !== undefined;
}

function ofAnother(reply: Reply): Reply {
  const body = reply.answer.body
    .replace(/("order_id":)"[^"]*"/g, '$1"00000000-0000-4000-8000-000000000000"')
    .replace(/("client_order_id":)"[^"]*"/g, '$1"of-somebody-else"');
  return { ...reply, answer: { ...reply.answer, body } };
}
