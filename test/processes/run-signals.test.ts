/** How `kmm run` ends, and what survives whom: ^C once and twice, closed terminals, and the death of each of its processes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'vitest';
import { eventually, HAS_PROC, type KmmProcess, type Place, place, type Running, sleep } from '../support/cli.ts';
import { jsonHere } from '../support/kmm-here.ts';
import type { Json } from '../support/sim-client.ts';

/** A trader that cancels takes tens of milliseconds; the rest is for machines that are busy. */
const SOON_MS = 4_000;
/** The exchange gives an orphaned trader 4 s to cancel, then ends as well. */
const ALL_GONE_MS = 10_000;

interface Scene {
  readonly here: Place;
  readonly run: Running;
  /** Orders that rest, by the exchange's own listing; NaN when it does not answer. */
  readonly resting: () => Promise<number>;
}

interface Wishes extends Pick<TestContext, 'onTestFinished'> {
  readonly variables?: Readonly<Record<string, string>>;
}

/** A run with orders on the book. */
async function quoting({ onTestFinished, variables = {} }: Wishes, ...words: string[]): Promise<Scene> {
  const here = place(variables, onTestFinished);
  const run = here.start('run', '--for', '60s', ...(words.length === 0 ? ['--json'] : words));
  let ask: ReturnType<Place['exchange']> | undefined;
  const resting = async (): Promise<number> => {
    try {
      ask ??= here.exchange();
      return (await ask('GET', '/portfolio/orders?status=resting')).orders.length;
    } catch {
      return Number.NaN;
    }
  };
  if (!(await eventually(async () => (await resting()) > 5, 60_000))) throw new Error('it never quoted');
  // Two views later the supervisor knows as well.
  await sleep(500);
  return { here, run, resting };
}

function gone({ here }: Scene, ...roles: KmmProcess['role'][]): Promise<boolean> {
  return eventually(
    () => !here.processes().some(({ role }) => roles.length === 0 || roles.includes(role)),
    ALL_GONE_MS,
  );
}

function summaryOf(run: Running): Json {
  return run.records.find(({ type }) => type === 'summary');
}

describe.runIf(HAS_PROC).concurrent('a run', () => {
  it.for(['SIGINT', 'SIGHUP'] as const)(
    'that gets %s cancels, verifies, sums up and exits 0',
    async (signal, context) => {
      const { expect } = context;
      const scene = await quoting(context);
      scene.run.signal(signal);
      const { exit, stderr } = await scene.run.ended;
      expect(exit).toBe(0);
      expect(stderr).toMatch(/^cancelling \d+ orders; \^C again leaves them, they expire by \d\d:\d\d:\d\d ET\n$/);
      expect(summaryOf(scene.run)).toMatchObject({ restingAtEnd: 0, isConfirmed: true, reconciled: true });
      expect(scene.here.processes()).toEqual([]);
    },
  );

  it('whose reader has gone away cancels, verifies and exits 0', async (context) => {
    const { expect } = context;
    const scene = await quoting(context);
    scene.run.closeOutput();
    const { exit } = await scene.run.ended;
    expect(exit).toBe(0);
    expect(scene.here.processes()).toEqual([]);
    const { exit: killed, records } = await jsonHere(scene.here, ['kill']);
    expect([killed, records[0].environments]).toEqual([0, []]);
  });

  it.for([
    ['SIGINT', 130, 'KMM_INTERRUPTED'],
    ['SIGTERM', 143, 'KMM_TERMINATED'],
  ] as const)(
    'that gets %s twice leaves at once with %i, says what may rest until when, and still nothing stays; ^Z it does not obey',
    async ([signal, code, name], context) => {
      const { expect } = context;
      const scene = await quoting(context, '--headless');
      // It must not be done before the second one comes.
      process.kill(scene.here.pidOf('trader'), 'SIGSTOP');
      scene.run.signal('SIGTSTP');
      await scene.run.said(/\^Z does nothing here/);
      scene.run.signal(signal);
      await scene.run.said(/cancelling \d+ orders/);
      scene.run.signal(signal);
      const { exit, stderr } = await scene.run.ended;
      expect(exit).toBe(code);
      expect(stderr).toMatch(/ {2}KX\S+ (bid|ask) until \d\d:\d\d:\d\d ET\n/);
      expect(stderr).toMatch(
        new RegExp(`✗ ${name} .*\\n {2}\\d+ orders may rest until 20\\d\\d-.* ET\\. {2}Try: kmm kill`),
      );
      expect(await scene.resting()).toBeGreaterThan(0);
      process.kill(scene.here.pidOf('trader'), 'SIGCONT');
      expect(await eventually(async () => (await scene.resting()) === 0, SOON_MS)).toBe(true);
      expect(await gone(scene)).toBe(true);
    },
  );

  it.for([
    ['run', '--shadow'],
    ['record', 'KXBTC15M'],
  ])(
    'that only listens (%s) is gone soon after SIGINT, however long it was asked for',
    async (words, { expect, onTestFinished }) => {
      const here = place({}, onTestFinished);
      const run = here.start(...words, '--for', '1h', '--env', 'sim');
      await run.said(/writing \/|recording /);
      run.signal('SIGINT');
      const exit = await Promise.race([run.ended.then((end) => end.exit), sleep(SOON_MS).then(() => 'still there')]);
      expect(exit).toBe(0);
    },
  );

  it.for(['exchange', 'trader'] as const)(
    'that is interrupted while it starts its %s ends in good order',
    async (role, { expect, onTestFinished }) => {
      const here = place({}, onTestFinished);
      const run = here.start('run', '--for', '60s', '--json');
      expect(await eventually(() => here.processes().some((one) => one.role === role), 20_000)).toBe(true);
      run.signal('SIGINT');
      const { exit } = await run.ended;
      expect(exit).toBe(0);
      expect(run.records.at(-1)).toMatchObject({ restingAtEnd: 0, isConfirmed: true });
      expect(here.processes()).toEqual([]);
    },
  );
});

describe.runIf(HAS_PROC).concurrent('the death of', () => {
  it('the trader: the supervisor cancels by id, starts another, and the ledger agrees at the end', async (context) => {
    const { expect, onTestFinished } = context;
    const port = String(20_000 + (process.pid % 20_000));
    const variables = { KMM_METRICS_ENABLED: 'true', KMM_METRICS_PORT: port };
    const scene = await quoting({ onTestFinished, variables });
    const page = async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(await eventually(async () => /^kmm_up 1$/m.test(await page()), SOON_MS)).toBe(true);
    expect(await page()).toMatch(/^kmm_orders_unknown 0$/m);
    writeFileSync(join(scene.here.directory, 'config.toml'), 'schema = "kmm/1"\n[risk]\nloss_day_dollars_max = 40\n');
    const reloaded = await jsonHere(scene.here, ['config', 'reload']);
    expect(reloaded.records[0]).toMatchObject({ applied: [{ key: 'risk.loss_day_dollars_max', from: 50, to: 40 }] });
    const killedAt = performance.now();
    process.kill(scene.here.pidOf('trader'), 'SIGKILL');
    const isLog = (text: RegExp) => (record: Json) => record.type === 'log' && text.test(record.text);
    await scene.run.record(isLog(/the trader has died \(SIGKILL\)/));
    // Its last numbers are gone with it.
    const orphaned = await page();
    expect(orphaned).toMatch(/^kmm_up 0$/m);
    expect(orphaned).not.toContain('kmm_orders_unknown');
    const cancelled = await scene.run.record(isLog(/nothing of ours rests \([1-9]\d* cancelled by the supervisor\)/));
    await scene.run.record(
      (record) => record.type === 'status' && record.at > cancelled.at && record.restingOrders > 5,
    );
    expect(performance.now() - killedAt).toBeLessThan(20_000);
    // A limit that was lowered stays lowered.
    expect((await jsonHere(scene.here, ['config', 'reload'])).records[0]).toMatchObject({ applied: [], restart: [] });
    expect(await page()).toMatch(/^kmm_restarts_total 1$/m);
    // From another terminal, and it is not started again (F30).
    const stopped = await jsonHere(scene.here, ['stop', '--yes']);
    expect([stopped.exit, stopped.records[0]]).toMatchObject([
      0,
      { via: 'trader', isConfirmed: true, reconciled: true, resting: 0 },
    ]);
    expect(stopped.stderr).toMatch(/^cancelling \d+ orders; their leases end by \d\d:\d\d:\d\d ET\n$/);
    const { exit, stderr } = await scene.run.ended;
    expect(exit).toBe(0);
    expect(stderr).toContain('the trader was started again 1 times');
    const summary = summaryOf(scene.run);
    expect(summary).toMatchObject({ restarts: 1, restingAtEnd: 0, isConfirmed: true, reconciled: true });
    expect(summary.tape).toMatch(/session-000002\.tape$/);
    for (const tape of ['session-000001.tape', 'session-000002.tape']) {
      const { records } = await jsonHere(scene.here, ['replay', join(scene.here.home.tapes, tape)]);
      expect(records[0]).toMatchObject({ matches: true, lost: 0 });
      expect(records[0].intents).toBeGreaterThan(5);
    }
  });

  it('the supervisor: the trader cancels everything, all processes leave, and the next run takes the lock over', async (context) => {
    const { expect } = context;
    const scene = await quoting(context);
    scene.run.signal('SIGKILL');
    expect(await eventually(async () => (await scene.resting()) === 0, SOON_MS)).toBe(true);
    expect(await gone(scene, 'trader')).toBe(true);
    expect(await gone(scene)).toBe(true);
    const next = await scene.here.json('run', '--for', '5s', '--speed', 'max');
    expect(next.exit).toBe(0);
    expect(next.records.at(-1)).toMatchObject({ type: 'summary', restingAtEnd: 0, reconciled: true });
  });

  it('the embedded exchange: the run ends and says that orders and positions are gone with it', async (context) => {
    const { expect } = context;
    const scene = await quoting(context);
    process.kill(scene.here.pidOf('exchange'), 'SIGKILL');
    const { exit } = await scene.run.ended;
    expect(exit).toBe(5);
    expect(scene.run.records.at(-1)).toMatchObject({ type: 'error', error: { code: 'KMM_UNREACHABLE' } });
    expect(scene.here.processes()).toEqual([]);
    const killed = await jsonHere(scene.here, ['kill']);
    expect([killed.exit, killed.records[0].environments[0]]).toEqual([
      0,
      expect.objectContaining({ isLatched: true, isExchangeGone: true, isConfirmed: true, resting: [] }),
    ]);
  });
});
