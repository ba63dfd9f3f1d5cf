/**
 * Decides, call by call and frame by frame, whether the exchange misbehaves: a plan, a stream of random numbers and the
 * time are its arguments, so that the same traffic meets the same faults again. Counts what it did.
 *
 * It only decides; the faces of the exchange carry it out.
 */
import type { EpochMs } from '../../core/units.ts';
import type { RandomStream } from '../../sim/random.ts';
import type { Channel } from './channels.ts';
import {
  CALL_FAULTS,
  type CallRule,
  type Fault,
  FEED_FAULTS,
  type FeedRule,
  FRAME_FAULTS,
  type FrameRule,
  type MischiefPlan,
  type MischiefRule,
  SOCKET_FAULTS,
  type SocketRule,
} from './mischief-plan.ts';

/** What happens to one call; `isApplied`: it takes effect nevertheless. */
export type CallFault = Exclude<CallRule, { fault: 'read_lag' | 'clock_step' }> & { readonly isApplied: boolean };

interface ArmedRule<Rule extends MischiefRule> {
  readonly rule: Rule;
  begun: number;
  /** Everything it matches before this moment falls to it. */
  until: number;
}

export class Mischief {
  #plan: MischiefPlan | undefined;
  #random: RandomStream | undefined;
  #since = 0;
  #calls: readonly ArmedRule<CallRule>[] = [];
  #frames: readonly ArmedRule<FrameRule>[] = [];
  #sockets: readonly ArmedRule<SocketRule>[] = [];
  #feeds: readonly ArmedRule<FeedRule>[] = [];
  #lagMsMax = 0;
  readonly #counts = new Map<Fault, number>();

  /** Follows this plan from now on, instead of any other. */
  misbehave(plan: MischiefPlan, random: RandomStream, at: EpochMs): void {
    this.#plan = plan;
    this.#random = random;
    this.#since = at;
    this.#calls = plan.rules.filter(isCallRule).map(arm);
    this.#frames = plan.rules.filter(isFrameRule).map(arm);
    this.#sockets = plan.rules.filter(isSocketRule).map(arm);
    this.#feeds = plan.rules.filter(isFeedRule).map(arm);
    this.#lagMsMax = Math.max(0, ...this.#calls.map(({ rule }) => (rule.fault === 'read_lag' ? rule.lag_ms : 0)));
  }

  behave(): void {
    this.#plan = undefined;
    this.#calls = [];
    this.#frames = [];
    this.#sockets = [];
    this.#feeds = [];
    this.#lagMsMax = 0;
  }

  get plan(): MischiefPlan | undefined {
    return this.#plan;
  }

  /** How often each fault has happened since the start, whatever the plan. */
  get counts(): Readonly<Record<Fault, number>> {
    const faults = [...CALL_FAULTS, ...FRAME_FAULTS, ...SOCKET_FAULTS, ...FEED_FAULTS];
    return Object.fromEntries(faults.map((fault) => [fault, this.#counts.get(fault) ?? 0])) as Record<Fault, number>;
  }

  /** Whether any read may have to look into the past. */
  get lagMsMax(): number {
    return this.#lagMsMax;
  }

  /** `path` below the prefix. */
  onCall(method: string, path: string, at: EpochMs): CallFault | undefined {
    for (const armed of this.#calls) {
      const { rule } = armed;
      if (rule.fault === 'read_lag' || rule.fault === 'clock_step') continue;
      if (!concerns(rule, method, path) || !this.#fires(armed, at)) continue;
      return { ...rule, isApplied: this.#isApplied(rule) };
    }
    return undefined;
  }

  /** How old the account is that a read shows; what tells the age of account data answers for the oldest read. */
  lagMsOf(method: string, path: string, at: EpochMs): number {
    if (method !== 'GET') return 0;
    let lagMs = 0;
    for (const armed of this.#calls) {
      const { rule } = armed;
      if (rule.fault !== 'read_lag') continue;
      const isAsked =
        path === AGE_PATH ? this.#isRunning(rule, at) : concerns(rule, method, path) && this.#fires(armed, at);
      if (isAsked) lagMs = Math.max(lagMs, rule.lag_ms);
    }
    return lagMs;
  }

  /** Added to the exchange's clock wherever it is compared or shown outside its messages. */
  clockOffsetMs(at: EpochMs): number {
    for (const armed of this.#calls) {
      if (armed.rule.fault === 'clock_step' && this.#fires(armed, at)) return armed.rule.offset_ms;
    }
    return 0;
  }

  onFrame(channel: Channel, type: string, at: EpochMs): FrameRule | undefined {
    if (this.#frames.length === 0) return undefined;
    return this.#frames.find((armed) => {
      const { rule } = armed;
      const isConcerned =
        rule.fault === 'level_drift' ? type === 'orderbook_delta' : (rule.channel ?? channel) === channel;
      return isConcerned && this.#fires(armed, at);
    })?.rule;
  }

  /** What happens to one connection in this second. */
  onSocket(at: EpochMs): 'socket_dropped' | 'half_open' | undefined {
    for (const armed of this.#sockets) {
      const { fault } = armed.rule;
      if (fault !== 'pings_stopped' && this.#fires(armed, at)) return fault;
    }
    return undefined;
  }

  /** Whether this heartbeat is left out. */
  skipsPing(at: EpochMs): boolean {
    return this.#sockets.some((armed) => armed.rule.fault === 'pings_stopped' && this.#fires(armed, at));
  }

  /** Whether the index feed leaves out what it would say now. */
  silencesIndex(at: EpochMs): boolean {
    return this.#feeds.some((armed) => this.#fires(armed, at));
  }

  #fires(armed: ArmedRule<MischiefRule>, at: EpochMs): boolean {
    const { rule } = armed;
    if (at >= armed.until) {
      if (!this.#isRunning(rule, at) || armed.begun >= (rule.times ?? Number.POSITIVE_INFINITY)) return false;
      if (rule.chance < 1 && this.#draw() >= rule.chance) return false;
      armed.begun += 1;
      armed.until = at + rule.lasts_ms;
    }
    this.#counts.set(rule.fault, (this.#counts.get(rule.fault) ?? 0) + 1);
    return true;
  }

  #isRunning({ after_ms, until_ms }: MischiefRule, at: EpochMs): boolean {
    const elapsed = at - this.#since;
    return elapsed >= after_ms && elapsed < (until_ms ?? Number.POSITIVE_INFINITY);
  }

  #isApplied(rule: CallRule): boolean {
    if (rule.fault === 'too_many_requests' || rule.fault === 'timestamp_expired') return false;
    if (!('applied' in rule)) return true;
    return rule.applied === 'either' ? this.#draw() < 0.5 : rule.applied === 'after';
  }

  #draw(): number {
    if (this.#random === undefined) throw new Error('a rule is armed without a stream of random numbers');
    return this.#random.next();
  }
}

/** Tells how fresh account data is. */
const AGE_PATH = '/exchange/user_data_timestamp';

function concerns(rule: Exclude<CallRule, { fault: 'clock_step' }>, method: string, path: string): boolean {
  return (rule.method ?? method) === method && (rule.path === undefined || path.startsWith(rule.path));
}

function arm<Rule extends MischiefRule>(rule: Rule): ArmedRule<Rule> {
  return { rule, begun: 0, until: Number.NEGATIVE_INFINITY };
}

function isCallRule(rule: MischiefRule): rule is CallRule {
  return CALL_FAULTS.includes(rule.fault);
}

function isFrameRule(rule: MischiefRule): rule is FrameRule {
  return FRAME_FAULTS.includes(rule.fault);
}

function isSocketRule(rule: MischiefRule): rule is SocketRule {
  return SOCKET_FAULTS.includes(rule.fault);
}

function isFeedRule(rule: MischiefRule): rule is FeedRule {
  return FEED_FAULTS.includes(rule.fault);
}
