/**
 * `kmm doctor`: gathers what there is to know of this machine, this configuration, this key and this exchange, and says of
 * each whether it is in order and what mends it. Changes nothing and sends nothing; whatever cannot be asked is said.
 */
import { epochMs } from '../../core/units.ts';
import { type Access, accessAnyway } from '../config/access.ts';
import { type Configuration, loadConfiguration } from '../config/config.ts';
import type { LayersRequest } from '../config/config-layers.ts';
import { assertStamps, keyStamp, stampsOf } from '../config/environment-stamps.ts';
import { KmmError } from '../errors/errors.ts';
import { configuredLink } from '../exchange/exchange-link.ts';
// Under this name because the linter takes what begins with "use" for a React hook.
import { useExchange as exchangeOf, type UsedExchange } from '../exchange/use-exchange.ts';
import type { DoctorFacts, Fact, KeyFacts } from './facts.ts';
import { alertFacts } from './gather-alerts.ts';
import { answeredBy, exchangeFacts } from './gather-exchange.ts';
import { configFacts, journalFacts, keyFacts, machineFacts, troubleOf } from './gather-machine.ts';

export interface DoctorOptions {
  readonly isOffline: boolean;
  /** `--sim-url` stands on the command line. */
  readonly isNamed: boolean;
  /** Opens the key, where only a person can. */
  readonly unlock: (access: Access) => Promise<Access>;
}

/** Real time for an embedded exchange to start. */
const START_MS = 15_000;

/** Rejects with a broken invariant only. */
export async function examine(request: LayersRequest, options: DoctorOptions): Promise<DoctorFacts> {
  const now = epochMs(Date.now());
  const configuration = caught(() => loadConfiguration(request));
  const isLoaded = !(configuration instanceof KmmError);
  const { access: found, problem } = isLoaded ? { access: configuration, problem: undefined } : accessAnyway(request);
  const { env, home } = found;
  const access = options.isOffline ? found : await unlocked(found, options);
  const key = keyOf(access, problem);
  const base = {
    ...{ env, machine: machineFacts(home), config: configFacts(configuration, now), key },
    ...{ stamps: stampFacts(access), journal: journalFacts(home, now) },
    alerts: await alertFacts(request, home, options.isOffline),
  };
  if (options.isOffline) return { ...base, exchange: 'skipped' };
  const whole = isLoaded ? configuration : undefined;
  return { ...base, exchange: await askExchange(access, base, whole, options.isNamed) };
}

async function askExchange(
  access: Access,
  { stamps, key }: Pick<DoctorFacts, 'stamps' | 'key'>,
  configuration: Configuration | undefined,
  isNamed: boolean,
): Promise<DoctorFacts['exchange']> {
  if (stamps !== 'agree') return { isKnown: false, reason: 'nothing is signed while the stamps differ' };
  const isOpen = key.isKnown && key.value.trouble === undefined;
  const needsKey = access.env !== 'sim' || access.key !== undefined;
  if (needsKey && !isOpen) return { isKnown: false, reason: 'there is no key to ask with' };
  const asked = exchangeOf(access, { isNamed });
  const used = await answeredBy(asked, START_MS);
  if (!used.isKnown) {
    // Should it come after all, it is not left running.
    asked.then((late: UsedExchange) => late.close()).catch(() => {});
    return used;
  }
  const { link, name, close } = used.value;
  try {
    return await answeredBy(exchangeFacts(access.env, link, name, configuration), START_MS);
  } finally {
    await close();
  }
}

async function unlocked(access: Access, { unlock }: DoctorOptions): Promise<Access> {
  try {
    return await unlock(access);
  } catch (error) {
    // A passphrase that is none: the key's own line says that it does not open.
    if (error instanceof KmmError) return access;
    throw error;
  }
}

function keyOf(access: Access, problem: KmmError | undefined): Fact<KeyFacts> {
  const { env, key } = access;
  if (key !== undefined) return { isKnown: true, value: keyFacts(access, key) };
  if (env === 'sim') return { isKnown: true, value: OWN_KEY };
  const isAboutKey = problem?.code.startsWith('KMM_KEY') === true;
  return { isKnown: false, reason: isAboutKey ? problem.what : `there is no key for ${env}` };
}

/** Of the embedded exchange that is looked at. */
const OWN_KEY: KeyFacts = { keyId: '', file: '', keeper: 'own', isEncrypted: false, openedBy: 'nothing needed' };

function stampFacts(access: Access): DoctorFacts['stamps'] {
  const { env, key, sim } = access;
  const isReachable = key !== undefined && (env !== 'sim' || sim !== undefined);
  const problem = caught(() => {
    if (isReachable) assertStamps(env, stampsOf(access, configuredLink(access)));
    else if (key !== undefined) assertStamps(env, keyStamp(key.file));
    return undefined;
  });
  return problem === undefined ? 'agree' : troubleOf(problem);
}

function caught<Value>(read: () => Value): Value | KmmError {
  try {
    return read();
  } catch (error) {
    if (error instanceof KmmError) return error;
    throw error;
  }
}
