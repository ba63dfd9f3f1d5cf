/** What a running trader does for another process of its user: the operator's verbs, asks by hand, cash between shards. */
import { type ControlServer, listenControl } from '../../adapters/system/control-socket.ts';
import type { HaltName } from '../../core/risk/halts.ts';
import type { RiskView } from '../../core/risk/risk-view.ts';
import type { TraderView } from '../../core/view.ts';
import type { LogLevel } from '../config/config-schema.ts';
import { KmmError } from '../errors/errors.ts';
import type { ReloadReport, ReloadWish } from '../run/reloader.ts';
import { faultCode } from '../session/halts/fault-code.ts';
import type { SessionHands } from '../session/session-hands.ts';
import {
  type ControlAnswer,
  type ControlRequest,
  controlRequest,
  type TraderEnd,
  type TraderMoney,
} from './control-messages.ts';

/** As much of a session as is asked for from outside. */
export interface Controlled extends Pick<SessionHands, 'hand' | 'flatten' | 'moveCash'> {
  view(): TraderView;
  risk(): RiskView;
  money(): TraderMoney;
  /** Throws KMM_TICKER_UNKNOWN, KMM_JOURNAL. */
  pause(scopes: readonly string[], by: string): void;
  /** Throws KMM_JOURNAL. */
  clear(name: HaltName, scope: string, by: string): void;
  /** Begins; may be called more than once. */
  stop(by: string): void;
  /** What `kmm config reload` asks for; absent where there is no configuration to read again. Throws KMM_CONFIG_*. */
  reload?(wish: ReloadWish): ReloadReport;
  /** For this run, in all its processes. */
  setLogLevel?(level: LogLevel, by: string): void;
  /** Resolves when it has stopped. */
  readonly ended: Promise<TraderEnd>;
}

export function openControl(path: string, trader: Controlled): Promise<ControlServer> {
  return listenControl({ path, answer: (request) => answerControl(trader, request) });
}

/** Never rejects. */
async function answerControl(trader: Controlled, request: unknown): Promise<ControlAnswer> {
  const parsed = controlRequest.safeParse(request);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const where = issue === undefined ? '' : ` (${issue.path.join('.') || 'the request'}: ${issue.message})`;
    return {
      kind: 'failed',
      code: 'KMM_USAGE',
      message: `the running trader does not understand this request${where}`,
    };
  }
  try {
    return await obey(trader, parsed.data);
  } catch (error) {
    const fault = error instanceof Error ? error : new Error(String(error));
    if (!(fault instanceof KmmError)) return { kind: 'failed', code: faultCode(fault), message: fault.message };
    return { kind: 'failed', code: fault.code, message: fault.what, position: fault.position, next: fault.next };
  }
}

async function obey(trader: Controlled, request: ControlRequest): Promise<ControlAnswer> {
  const { hand } = trader;
  switch (request.verb) {
    case 'ask': {
      const { ask, by, isDryRun } = request;
      return { kind: 'reply', reply: await (isDryRun ? hand.consider(ask) : hand.carryOut(ask, by)) };
    }
    case 'check':
      return { kind: 'check', check: await hand.check(request.ask) };
    case 'risk':
      return { kind: 'risk', view: trader.risk() };
    case 'status': {
      const reply = await hand.status(request.id);
      if (reply === undefined) throw new KmmError('KMM_USAGE', `the running trader knows no ask ${request.id}`);
      return { kind: 'reply', reply };
    }
    case 'transfer': {
      const { from, to, amount } = request;
      return { kind: 'moved', report: await trader.moveCash({ from, to, amount }) };
    }
    case 'view':
      return { kind: 'view', view: trader.view() };
    case 'money':
      return { kind: 'money', money: trader.money() };
    case 'pause':
      trader.pause(request.scopes, request.by);
      return { kind: 'halts', halts: trader.view().halts };
    case 'clear':
      trader.clear(request.name, request.scope, request.by);
      return { kind: 'halts', halts: trader.view().halts };
    case 'flatten': {
      const { ask, by, isDryRun } = request;
      if (isDryRun) return { kind: 'flatten_preview', preview: await trader.flatten.consider(ask) };
      return { kind: 'flatten', view: await trader.flatten.begin(ask, by) };
    }
    case 'flatten_off':
      return { kind: 'flatten', view: trader.flatten.callOff(request.ticker, request.by) };
    case 'flatten_look': {
      const view = trader.flatten.look(request.id);
      if (view === undefined) throw new KmmError('KMM_USAGE', `the running trader knows no flatten ${request.id}`);
      return { kind: 'flatten', view };
    }
    case 'reload': {
      const { step, digest, by } = request;
      if (trader.reload === undefined) throw new KmmError('KMM_USAGE', 'what runs here reads no configuration again');
      return { kind: 'reloaded', ...trader.reload({ step, by, ...(digest !== undefined && { digest }) }) };
    }
    case 'log_level':
      if (trader.setLogLevel === undefined) throw new KmmError('KMM_USAGE', 'what runs here has no level of its log');
      trader.setLogLevel(request.level, request.by);
      return { kind: 'log_level', level: request.level };
    case 'stop': {
      const { restingOrders: orders, leaseUntil } = trader.view();
      trader.stop(request.by);
      return { kind: 'stopping', orders, ...(leaseUntil !== undefined && { leaseUntil }) };
    }
    case 'end':
      return { kind: 'ended', ...(await trader.ended) };
    default:
      return request satisfies never;
  }
}
