/** What is asked of the running trader about itself: another log level, its configuration read again, its metrics as text. */
import { get } from 'node:http';
import { type LockInfo, readLock } from '../adapters/system/lock.ts';
import type { Access } from './config/access.ts';
import type { LogLevel } from './config/config-schema.ts';
import { askWithin, VERB_MS } from './control/ask-trader.ts';
import { KmmError } from './errors/errors.ts';
import { operatorName } from './operator.ts';
import type { ReloadReport, ReloadWish } from './run/reloader.ts';

export interface Reloaded extends ReloadReport {
  /** Of the account that is traded on; its end confirms what is riskier. */
  readonly keyId: string;
}

type Place = Pick<Access, 'env' | 'home'>;

const UNTOUCHED = 'nothing was changed; the trader goes on as before';

/** Throws KMM_USAGE where none runs, KMM_LOCKED where it does not answer. */
export async function setLogLevel(place: Place, level: LogLevel): Promise<void> {
  const held = running(place);
  const answer = await askWithin(controlOf(held), { verb: 'log_level', level, by: operatorName() }, VERB_MS);
  if (answer.kind === 'unreachable') throw silent(held, answer.reason);
}

/** Throws KMM_USAGE, KMM_LOCKED, KMM_NOT_CONFIRMED where the digest is of something else, KMM_CONFIG_*. */
export async function reloadConfiguration(place: Place, wish: Omit<ReloadWish, 'by'>): Promise<Reloaded> {
  const held = running(place);
  const answer = await askWithin(controlOf(held), { verb: 'reload', ...wish, by: operatorName() }, VERB_MS);
  if (answer.kind === 'unreachable') throw silent(held, answer.reason);
  if (answer.kind !== 'reloaded') throw new KmmError('KMM_BUG', `asked to reload, the trader answered ${answer.kind}`);
  const { diff, applied } = answer;
  return { diff, applied, keyId: held.keyId ?? place.env };
}

/** The page that Prometheus reads. Throws KMM_USAGE where none is served, KMM_LOCKED where nobody answers there. */
export async function readMetrics(place: Place): Promise<string> {
  const held = running(place);
  if (held.metrics === undefined) {
    throw new KmmError('KMM_USAGE', `process ${held.pid} serves no metrics: metrics.enabled, or a port that is taken`, {
      next: ['kmm config show --origin', 'kmm status'],
    });
  }
  return textAt(held.metrics).catch((error: Error) => {
    throw silent(held, error.message, 'the trader goes on; only its page of metrics does not answer');
  });
}

function running({ env, home }: Place): LockInfo {
  const held = readLock(home.lock);
  if (held !== undefined) return held;
  throw new KmmError('KMM_USAGE', `no kmm runs ${env} here`, { next: ['kmm run', 'kmm status'] });
}

function controlOf(held: LockInfo): string {
  if (held.control !== undefined) return held.control;
  throw silent(held, 'it has no control socket');
}

function silent({ pid }: LockInfo, reason: string, position = UNTOUCHED): KmmError {
  return new KmmError('KMM_LOCKED', `process ${pid} runs here and does not answer: ${reason}`, {
    position,
    next: ['kmm status', 'ask again'],
  });
}

function textAt(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { timeout: VERB_MS, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () =>
        response.statusCode === 200 ? resolve(text) : reject(new Error(`status ${response.statusCode}`)),
      );
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer in ${VERB_MS / 1_000} s`)));
    request.on('error', reject);
  });
}
