/**
 * Runs the embedded exchange on loopback with one funded account and a new key for it. The private key goes into a file
 * that only its owner may read, and is removed with the exchange; nobody else ever sees it.
 */
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateKeyPair, type KeyKind } from '../../adapters/kalshi/sign.ts';
import type { MischiefPlan } from '../../adapters/sim-server/mischief-plan.ts';
import { type SimServer, SimServerError, startSimServer } from '../../adapters/sim-server/server.ts';
import type { TierName } from '../../adapters/sim-server/tiers.ts';
import { makeFolders } from '../../adapters/store/make-folders.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import { KmmError } from '../errors/errors.ts';
import { type SimEvent, simEvents } from './sim-events.ts';
import type { BroughtKey } from './sim-public-keys.ts';
import { openSimWorld, SIM_CASH, type SimWorldOptions } from './sim-world.ts';

export interface SimServeOptions extends SimWorldOptions {
  /** Exchange time per real time, > 0. */
  readonly speed: number;
  /** 0 takes a free one. */
  readonly port: number;
  readonly keyKind: KeyKind;
  /** Made if it is not there. */
  readonly keyDirectory: string;
  /** Keys of the same account whose private halves are elsewhere. */
  readonly broughtKeys?: readonly BroughtKey[];
  /** Usage level of the account. Default: advanced. */
  readonly tier?: TierName;
  /** Faults from the start. */
  readonly mischief?: MischiefPlan;
  /** Whether stream frames say when they were sent. Default: yes. */
  readonly stampsFrames?: boolean;
  /** Age in ms above which a stamp is refused. */
  readonly staleMsMax?: number;
}

export interface SimServing {
  readonly listening: {
    readonly rest: string;
    readonly ws: string;
    readonly keyId: string;
    readonly privateKeyFile: string;
    /** Opens `/sim/control` and `/sim/faults`. */
    readonly controlToken: string;
  };
  /** What there is to say about the world's files. */
  readonly notes: readonly string[];
  /** Series of a recording. */
  readonly series?: readonly string[];
  /** Exchange time. */
  now(): EpochMs;
  /** Last moment of a recording, in exchange time. */
  readonly endAt?: EpochMs;
  /** Tells the handler what happens from now on; the returned function ends that. */
  onEvent(handler: (event: SimEvent) => void): () => void;
  close(): Promise<void>;
}

/** Throws KMM_PORT_IN_USE, KMM_HOME when the key file cannot be written, and what `openSimWorld` throws. */
export async function serveSim(options: SimServeOptions): Promise<SimServing> {
  const { venue, startAt, endAt, series, notes } = await openSimWorld({ startAt: epochMs(Date.now()), ...options });
  const keyId = randomUUID();
  const accountId = `sim-${keyId}`;
  venue.openAccount(accountId, SIM_CASH);
  const { privateKey, publicKey } = generateKeyPair(options.keyKind);
  const handlers = new Set<(event: SimEvent) => void>();
  const tell = (event: SimEvent) => {
    for (const handler of handlers) handler(event);
  };
  const { port, speed, broughtKeys = [], tier, mischief, stampsFrames, staleMsMax } = options;
  const server = await start({
    ...{ venue, port, speed, startAt },
    keys: [{ keyId, publicKeyPem: publicKey }, ...broughtKeys].map((key) => ({ ...key, accountId })),
    ...(tier !== undefined && { tier }),
    ...(mischief !== undefined && { mischief }),
    ...(stampsFrames !== undefined && { stampsFrames }),
    ...(staleMsMax !== undefined && { staleMsMax }),
    onFacts: (facts) => {
      if (handlers.size > 0) for (const event of simEvents(facts)) tell(event);
    },
    onClient: (change) => tell({ type: 'client', change, at: venue.now }),
  });
  const privateKeyFile = join(options.keyDirectory, `${keyId}.pem`);
  try {
    writePrivate(options.keyDirectory, privateKeyFile, privateKey);
  } catch (error) {
    await server.close();
    throw new KmmError('KMM_HOME', `the key file ${privateKeyFile} cannot be written`, { cause: error });
  }
  return {
    listening: { rest: server.restUrl, ws: server.wsUrl, keyId, privateKeyFile, controlToken: server.controlToken },
    notes,
    ...(series !== undefined && { series }),
    now: () => venue.now,
    ...(endAt === undefined ? {} : { endAt }),
    onEvent(handler) {
      handlers.add(handler);
      return () => void handlers.delete(handler);
    },
    async close() {
      await server.close();
      rmSync(privateKeyFile, { force: true });
    },
  };
}

async function start(options: Parameters<typeof startSimServer>[0]): Promise<SimServer> {
  try {
    return await startSimServer(options);
  } catch (error) {
    if (error instanceof SimServerError) throw new KmmError('KMM_PORT_IN_USE', error.message, { cause: error });
    const isForbidden = error instanceof Error && 'code' in error && error.code === 'EACCES';
    if (isForbidden) throw new KmmError('KMM_USAGE', `port ${options.port} may not be listened on`, { cause: error });
    throw error;
  }
}

/** Never over an existing file. */
function writePrivate(directory: string, path: string, text: string): void {
  makeFolders(directory);
  writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
}
