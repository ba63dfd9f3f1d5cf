/**
 * From a frame's arrival to its order leaving for the wire, inside the process: translate, book, decide, tape, journal
 * with its full sync, encode, sign. The session of a virtual run, with a signature added where the HTTP client would be.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPair, type KeyKind, Signer } from '../src/lib/adapters/kalshi/sign.ts';
import { virtualLink } from '../src/lib/adapters/sim-server/link.ts';
import { ServedVenue } from '../src/lib/adapters/sim-server/served-venue.ts';
import { VirtualClock } from '../src/lib/adapters/sim-server/virtual-clock.ts';
import { loadConfiguration } from '../src/lib/app/config/config.ts';
import { openSession } from '../src/lib/app/session/open-session.ts';
import { openSimWorld, SIM_CASH } from '../src/lib/app/sim/sim-world.ts';
import { epochMs } from '../src/lib/core/units.ts';
import type { Stream, Wire } from '../src/lib/ports.ts';

const SECONDS = 120;
const BUDGET_MS = 5;

export async function run(): Promise<{ name: string; lines: string[] }> {
  const lines = [];
  for (const kind of ['rsa', 'ed25519'] as const) lines.push(await measure(kind));
  return { name: 'tick to order, signing and journal sync included', lines };
}

async function measure(kind: KeyKind): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'kmm-bench-'));
  try {
    const samples = await session(home, signerOf(kind));
    samples.sort((a, b) => a - b);
    const at = (share: number) => samples[Math.min(samples.length - 1, Math.floor(share * samples.length))] as number;
    const figures = `p50 ${at(0.5).toFixed(2)} ms, p99 ${at(0.99).toFixed(2)} ms`;
    return `${kind}: ${figures} over ${samples.length} orders; budget/p99 = ${(BUDGET_MS / at(0.99)).toFixed(1)}`;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function session(home: string, signer: Signer): Promise<number[]> {
  const host = { directory: home, variables: { KMM_HOME: home }, userHome: home, systemFile: join(home, 'none') };
  const configuration = loadConfiguration({ environment: 'sim', host });
  const { venue, startAt } = await openSimWorld({ seed: 'bench', background: [] });
  const served = new ServedVenue(venue);
  const clock = new VirtualClock(startAt);
  venue.openAccount('bench', SIM_CASH);
  const link = virtualLink({ served, accountId: 'bench', clock, latencyMs: 2 });
  const samples: number[] = [];
  let newsAt: number | undefined;
  let moment: number | undefined;
  const stream = watched(link.stream, () => {
    // News of an earlier moment led to no order.
    if (clock.now() !== moment) newsAt = undefined;
    moment = clock.now();
    newsAt ??= performance.now();
  });
  const wire: Wire = {
    request(request) {
      if (request.method === 'POST' && request.path.includes('/events/orders')) {
        signer.headers(request.method, request.path, Date.now());
        // Of several orders of one turn the first is the one that waited for nothing but us.
        if (newsAt !== undefined) samples.push(performance.now() - newsAt);
        newsAt = undefined;
      }
      return link.wire.request(request);
    },
  };
  const opened = openSession({
    ...{ configuration, clock, wire, stream, random: () => 0.5, clockUncertaintyMs: () => 0, onLog: () => {} },
    link: { rest: 'virtual', ws: 'virtual', keyId: 'bench', keyFile: '' },
    onFatal: (error) => {
      throw error;
    },
  });
  await clock.runUntilSettled(opened.session.start(), served);
  await clock.run(epochMs(clock.now() + SECONDS * 1_000), served);
  await clock.runUntilSettled(opened.session.stop('the bench'), served);
  await opened.tape.close();
  opened.journal.close();
  return samples;
}

/** Tells when a batch of frames begins to arrive. */
function watched(stream: Stream, onArrival: () => void): Stream {
  return {
    open(handlers) {
      stream.open({
        ...handlers,
        onUp: (conn) => handlers.onUp(conn),
        onHeard: () => handlers.onHeard(),
        onDown: (conn, reason) => handlers.onDown(conn, reason),
        onFrame(conn, frame) {
          onArrival();
          handlers.onFrame(conn, frame);
        },
      });
    },
    send: (command) => stream.send(command),
    close: () => stream.close(),
  };
}

function signerOf(kind: KeyKind): Signer {
  const signer = Signer.fromPem('bench', generateKeyPair(kind).privateKey);
  if (!signer.ok) throw new Error(signer.error.message);
  return signer.signer;
}
