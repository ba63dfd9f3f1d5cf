/** Deliberate mistakes, made at the ports: each must wake the checker that is there for it. */
import { describe, expect, it } from 'vitest';
import type { Stream, Wire, WireReply, WireRequest } from '../../src/lib/ports.ts';
import type { Invariant } from './observation.ts';
import type { Fault } from './plan.ts';
import type { Sabotage } from './trader.ts';
import { runWorld } from './world.ts';

const ORDERS = '/trade-api/v2/portfolio/events/orders';
const LOST = {
  kind: 'exchange',
  rule: { fault: 'reply_lost', path: '/portfolio/events/orders', chance: 0.5 },
} as const;
const GAPS = { kind: 'exchange', rule: { fault: 'frame_dropped', channel: 'orderbook_delta', chance: 0.1 } } as const;
const CRASH = { kind: 'crash', point: 'after_send', nth: 2, forgets: false, atMs: 10_000, forMs: 50_000 } as const;
const KILLED = { kind: 'killed', atMs: 15_000, forMs: 40_000 } as const;

interface Mistake {
  readonly name: string;
  readonly sabotage: Sabotage;
  readonly faults: readonly Fault[];
  readonly caughtBy: Invariant;
}

const MISTAKES: readonly Mistake[] = [
  {
    name: 'a create is sent again when its reply is lost',
    sabotage: { wire: answering(isCreate, async (send) => resent(await send(), send)) },
    ...{ faults: [LOST], caughtBy: 'I4' },
  },
  {
    name: 'a lost reply is taken for a refusal, so that the order counts no longer',
    sabotage: { wire: answering(isCreate, async (send) => refusedIfLost(await send())) },
    ...{ faults: [LOST], caughtBy: 'I3' },
  },
  {
    name: 'a turn is written to the journal after it was sent',
    sabotage: {
      journal: (journal, clock) => {
        const commit = journal.commitTurn.bind(journal);
        journal.commitTurn = (turn) => void clock.after(1, () => commit(turn));
        return journal;
      },
    },
    ...{ faults: [], caughtBy: 'I1' },
  },
  {
    name: 'orders carry no expiry',
    sabotage: { wire: changing(({ expiration_time: _gone, ...body }) => body, isExposing) },
    ...{ faults: [{ kind: 'gone', atMs: 15_000 }], caughtBy: 'I6' },
  },
  {
    name: 'the expiry is in milliseconds',
    sabotage: { wire: changing((body) => ({ ...body, expiration_time: Number(body.expiration_time) * 1_000 })) },
    ...{ faults: [CRASH], caughtBy: 'I11' },
  },
  {
    name: 'quotes are not post-only',
    sabotage: { wire: changing((body) => ({ ...body, post_only: false })) },
    ...{ faults: [], caughtBy: 'I11' },
  },
  {
    name: 'a gap in the numbers of the stream is not seen',
    sabotage: { stream: renumbering },
    ...{ faults: [GAPS], caughtBy: 'I7' },
  },
  {
    name: 'a latch that others wrote is not looked for',
    sabotage: {
      journal: (journal) => {
        journal.writtenByOthers = () => {};
        return journal;
      },
    },
    ...{ faults: [KILLED], caughtBy: 'I5' },
  },
  {
    name: 'fills are heard on the stream alone, and some are not',
    sabotage: { wire: answering(isFillListing, async () => EMPTY_FILLS) },
    faults: [{ kind: 'exchange', rule: { fault: 'frame_dropped', channel: 'fill', chance: 0.5 } }],
    caughtBy: 'I2',
  },
  {
    name: 'a restart leaves what rests where it is',
    sabotage: { wire: answering(isRestingListing, async () => EMPTY_ORDERS) },
    faults: [{ ...CRASH, forMs: 1_000 }],
    caughtBy: 'I6',
  },
];

describe.each(MISTAKES)('when $name', ({ sabotage, faults, caughtBy }) => {
  it(`${caughtBy} is broken within a few worlds`, async () => {
    const found = new Set<string>();
    for (let seed = 1; seed <= 6 && !found.has(caughtBy); seed += 1) {
      for (const { invariant } of (await runWorld({ seed, faults }, { sabotage })).violations) found.add(invariant);
    }
    expect([...found]).toContain(caughtBy);
  });
});

const EMPTY_FILLS: WireReply = { kind: 'response', status: 200, body: '{"fills":[],"cursor":""}' };
const EMPTY_ORDERS: WireReply = { kind: 'response', status: 200, body: '{"orders":[],"cursor":""}' };

function answering(
  isMeant: (request: WireRequest) => boolean,
  answer: (send: () => Promise<WireReply>) => Promise<WireReply>,
): (wire: Wire) => Wire {
  return (wire) => ({
    request: (request) => (isMeant(request) ? answer(() => wire.request(request)) : wire.request(request)),
  });
}

function changing(change: (body: Record<string, unknown>) => object, isMeant = isCreate): (wire: Wire) => Wire {
  return (wire) => ({
    request: (request) =>
      wire.request(
        isMeant(request) ? { ...request, body: JSON.stringify(change(JSON.parse(request.body ?? '{}'))) } : request,
      ),
  });
}

function isCreate({ method, path }: WireRequest): boolean {
  return method === 'POST' && path === ORDERS;
}

function isExposing(request: WireRequest): boolean {
  return isCreate(request) || request.path.endsWith('/amend');
}

function isFillListing({ path }: WireRequest): boolean {
  return path.endsWith('/portfolio/fills');
}

function isRestingListing({ path, query }: WireRequest): boolean {
  return path.endsWith('/portfolio/orders') && query?.status === 'resting';
}

function resent(reply: WireReply, send: () => Promise<WireReply>): WireReply | Promise<WireReply> {
  return reply.kind === 'failure' ? send() : reply;
}

function refusedIfLost(reply: WireReply): WireReply {
  if (reply.kind === 'response') return reply;
  return { kind: 'response', status: 400, body: '{"error":{"code":"invalid_order","message":"invalid order"}}' };
}

/** Numbers the frames of each subscription anew, as they come. */
function renumbering(stream: Stream): Stream {
  const next = new Map<number, number>();
  return {
    send: (command) => stream.send(command),
    close: () => stream.close(),
    open: (handlers) =>
      stream.open({
        ...handlers,
        onUp: (conn) => {
          next.clear();
          handlers.onUp(conn);
        },
        onFrame: (conn, frame) => {
          const message = JSON.parse(frame.toString());
          if (typeof message.seq !== 'number') return handlers.onFrame(conn, frame);
          const seq = next.get(message.sid) ?? message.seq;
          next.set(message.sid, seq + 1);
          return handlers.onFrame(conn, Buffer.from(JSON.stringify({ ...message, seq })));
        },
      }),
  };
}
