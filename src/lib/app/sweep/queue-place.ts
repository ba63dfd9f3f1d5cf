/** Which Redis, which queue on it, and how the packages for it are installed. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RedisPlace } from '../../adapters/queue/redis.ts';
import type { Variables } from '../config/home.ts';
import { KmmError } from '../errors/errors.ts';
import { Secret } from '../keys/secret.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const PORT = 6379;

/**
 * `redis://[USER@]HOST[:PORT][/DATABASE]`, or `rediss://` for TLS. The password is never part of it, because others can read
 * a command line: KMM_QUEUE_PASSWORD_FILE names a file, KMM_QUEUE_PASSWORD is it. Throws KMM_USAGE.
 */
export function queuePlace(url: string, variables: Variables = process.env): RedisPlace {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const isRedis = parsed?.protocol === 'redis:' || parsed?.protocol === 'rediss:';
  if (parsed === undefined || !isRedis || parsed.hostname === '' || !/^\/?\d*$/.test(parsed.pathname)) {
    throw usage('--queue must be redis://HOST:PORT/DATABASE, or rediss:// for TLS');
  }
  if (parsed.password !== '') {
    new Secret(decodeURIComponent(parsed.password));
    throw usage(
      '--queue holds a password, which others can read: put it into a file and name that in KMM_QUEUE_PASSWORD_FILE',
    );
  }
  const password = passwordOf(variables);
  return {
    host: parsed.hostname.replace(/^\[|\]$/g, ''),
    port: parsed.port === '' ? PORT : Number(parsed.port),
    database: Number(parsed.pathname.slice(1) || 0),
    isTls: parsed.protocol === 'rediss:',
    ...(parsed.username !== '' && { user: decodeURIComponent(parsed.username) }),
    ...(password !== undefined && { password: password.reveal() }),
  };
}

function passwordOf(variables: Variables): Secret | undefined {
  const { KMM_QUEUE_PASSWORD_FILE: file, KMM_QUEUE_PASSWORD: said } = variables;
  if (file === undefined || file === '') return said === undefined || said === '' ? undefined : new Secret(said);
  try {
    return new Secret(readFileSync(file, 'utf8').trim());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw usage(`KMM_QUEUE_PASSWORD_FILE cannot be read: ${reason}`);
  }
}

/** Workers of other code listen to another queue: what they find would not be comparable. */
export function queueName(code: string): string {
  return `backtest-${code.replace(/[^0-9A-Za-z.+-]/g, '-')}`;
}

/**
 * `npm install …` with the versions that kmm was tested with. Without --save-peer, npm takes what package.json calls an
 * optional peer for something that nobody wants, and installs nothing without a word.
 */
export function installCommand(): string {
  const text = readFileSync(`${ROOT}/package.json`, 'utf8');
  const { peerDependencies } = JSON.parse(text) as { readonly peerDependencies: Readonly<Record<string, string>> };
  const wanted = ['bullmq', 'ioredis'].map((name) => `${name}@${peerDependencies[name]}`);
  const omitted = import.meta.url.endsWith('.ts') ? '' : ' --omit=dev';
  return `npm install --no-save --save-peer${omitted} --prefix ${ROOT} ${wanted.join(' ')}`;
}

function usage(what: string): KmmError {
  return new KmmError('KMM_USAGE', what, { next: ['kmm backtest sweep --help'] });
}
