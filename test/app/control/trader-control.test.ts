/** The control socket: who talks nonsense, too much, half a line or at once is answered or cut off, and nobody else notices. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askControl } from '../../../src/lib/adapters/system/control-socket.ts';
import { askTrader } from '../../../src/lib/app/control/ask-trader.ts';
import { makeControlPath } from '../../../src/lib/app/control/control-path.ts';
import { type Controlled, openControl } from '../../../src/lib/app/control/trader-control.ts';
import { KmmError } from '../../../src/lib/app/errors/errors.ts';
import type { HandReply } from '../../../src/lib/app/hand/hand-reply.ts';
import type { HandAsk } from '../../../src/lib/core/hand/hand-types.ts';
import { centicents, centicontracts, microdollars } from '../../../src/lib/core/units.ts';
import type { TraderView } from '../../../src/lib/core/view.ts';
import { tempDir } from '../../support/temp-dir.ts';

const REPLY: HandReply = { kind: 'permitted' };
const ASK: HandAsk = {
  ...{ kind: 'order', id: 'ask-1', ticker: 'KX-1', side: 'bid' },
  ...{ price: centicents(4_500), size: centicontracts(100), life: { kind: 'renewed' } },
};

/** Longer than any request may be. */
const VIEW = { turn: 7, log: [{ at: 1, level: 'info', text: 'x'.repeat(200_000) }] } as unknown as TraderView;

/** A trader that notes what it is asked. */
async function trader(over: Partial<Controlled> = {}) {
  const asked: unknown[] = [];
  const note = (wanted: unknown) => {
    asked.push(wanted);
    return Promise.resolve(REPLY);
  };
  const hand = { consider: note, carryOut: note, status: () => undefined } as unknown as Controlled['hand'];
  const moveCash = async () => ({ transferId: 't', before: [], after: [], isVisible: true });
  const view = () => VIEW;
  const risk = () => ({ at: VIEW.at, bars: [], events: [], halts: [] });
  const money = () => ({ cash: [], positions: [], orders: [] });
  const flatten = {} as Controlled['flatten'];
  const verbs = { flatten, pause: note, clear: note, stop: note, ended: new Promise<never>(() => {}) };
  const { path } = makeControlPath({ directory: tempDir() });
  const server = await openControl(path, { hand, moveCash, view, risk, money, ...verbs, ...over });
  onTestFinished(() => server.close());
  return { path, asked, ask: (request: object) => askControl(path, request, 2_000) };
}

/** Says this, and gives all that comes back until the connection is over. */
function say(path: string, text: string): Promise<string> {
  return new Promise((resolve) => {
    let heard = '';
    const socket: Socket = connect(path, () => socket.write(text));
    socket.on('data', (chunk) => {
      heard += chunk.toString();
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(heard));
  });
}

describe('the control socket', () => {
  it('is for its owner alone, and carries an ask there and its answer back', async () => {
    const { path, asked, ask } = await trader();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const request = { verb: 'ask', version: 1, ask: ASK, by: 'ann', isDryRun: false };
    expect(await ask(request)).toEqual({ kind: 'answer', value: { kind: 'reply', reply: REPLY } });
    expect(asked).toEqual([ASK]);
    const moved = await askTrader(path, 1, { verb: 'transfer', from: 0, to: 2, amount: microdollars(100) });
    expect(moved).toMatchObject({ kind: 'moved', report: { transferId: 't' } });
  });

  it('shows the trader as it stands, however long that is', async () => {
    const { path } = await trader();
    expect(await askTrader(path, 1, { verb: 'view' })).toEqual({ kind: 'view', view: VIEW });
  });

  it.each([
    ['an unknown verb', { verb: 'sell everything', version: 1 }],
    ['another version', { verb: 'ask', version: 2, ask: ASK, by: 'ann', isDryRun: false }],
    [
      'a price beyond a dollar',
      { verb: 'ask', version: 1, ask: { ...ASK, price: 10_001 }, by: 'ann', isDryRun: false },
    ],
    ['a size with a fraction', { verb: 'ask', version: 1, ask: { ...ASK, size: 1.5 }, by: 'ann', isDryRun: false }],
    ['a field too many', { verb: 'ask', version: 1, ask: { ...ASK, leverage: 3 }, by: 'ann', isDryRun: false }],
    ['no ask at all', { verb: 'ask', version: 1, by: 'ann', isDryRun: true }],
    ['a list', [1, 2, 3]],
  ])('does nothing with %s', async (_what, request) => {
    const { asked, ask } = await trader();
    expect(await ask(request)).toMatchObject({ kind: 'answer', value: { kind: 'failed', code: 'KMM_USAGE' } });
    expect(asked).toEqual([]);
  });

  it('cuts off garbage, and what never ends, and goes on for others', async () => {
    const { path, asked, ask } = await trader();
    expect(JSON.parse(await say(path, 'not json\n'))).toMatchObject({ kind: 'failed', code: 'KMM_USAGE' });
    expect(await say(path, `"${'x'.repeat(70_000)}`)).toBe('');
    expect(await say(path, `${'x'.repeat(70_000)}\n`)).toBe('');
    expect(asked).toEqual([]);
    expect(await ask({ verb: 'ask', version: 1, ask: ASK, by: 'ann', isDryRun: true })).toMatchObject({
      kind: 'answer',
    });
  });

  it('serves two at once, and one that says nothing holds up nobody', async () => {
    const { path, ask } = await trader();
    const silent = connect(path);
    onTestFinished(() => void silent.destroy());
    silent.write('{"verb":"as');
    const request = { verb: 'ask', version: 1, ask: ASK, by: 'ann', isDryRun: true };
    const both = await Promise.all([ask(request), ask({ ...request, ask: { ...ASK, id: 'ask-2' } })]);
    expect(both.map(({ kind }) => kind)).toEqual(['answer', 'answer']);
  });

  it('survives a client that leaves before its answer', async () => {
    const answers: ((reply: HandReply) => void)[] = [];
    const consider = () => new Promise<HandReply>((resolve) => answers.push(resolve));
    const { path, ask } = await trader({ hand: { consider } as unknown as Controlled['hand'] });
    const request = { verb: 'ask', version: 1, ask: ASK, by: 'ann', isDryRun: true };
    expect(await askControl(path, request, 50)).toMatchObject({ kind: 'unreachable' });
    const second = ask(request);
    await expect.poll(() => answers.length).toBe(2);
    for (const answer of answers) answer(REPLY);
    expect(await second).toMatchObject({ kind: 'answer' });
  });

  it('hands on an error of the catalogue as it is', async () => {
    const consider = () =>
      Promise.reject(new KmmError('KMM_TICKER_UNKNOWN', 'there is no market KX-1', { next: ['look'] }));
    const { path } = await trader({ hand: { consider } as unknown as Controlled['hand'] });
    const asking = askTrader(path, 1, { verb: 'ask', ask: ASK, by: 'ann', isDryRun: true });
    await expect(asking).rejects.toMatchObject({ code: 'KMM_TICKER_UNKNOWN', next: ['look'], exit: 2 });
  });

  it('that nobody listens on is told as a lock that does not answer: look before you ask again', async () => {
    const asking = askTrader(join(tempDir(), 'control.sock'), 7, { verb: 'ask', ask: ASK, by: 'ann', isDryRun: false });
    await expect(asking).rejects.toMatchObject({
      code: 'KMM_LOCKED',
      exit: 8,
      position: expect.stringContaining('may have been done'),
    });
  });
});

describe('the path of the socket', () => {
  it('is in the data directory where it fits, else in a short folder that only the user can open', () => {
    const near = tempDir();
    expect(makeControlPath({ directory: near }).path).toBe(join(near, 'control.sock'));
    const far = join(tempDir(), 'x'.repeat(120));
    mkdirSync(far);
    const made = makeControlPath({ directory: far });
    expect(Buffer.byteLength(made.path)).toBeLessThan(104);
    expect(statSync(dirname(made.path)).mode & 0o777).toBe(0o700);
    made.remove();
    expect(existsSync(dirname(made.path))).toBe(false);
  });
});
