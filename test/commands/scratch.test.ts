import { expect, test } from 'vitest';
import { eventually, place, sleep } from '../support/cli.ts';

const isStatus = (r: any) => r.type === 'status' && r.restingOrders > 0;

test.concurrent.each([0.1, 0.3, 0.5, 0.7, 0.9, 1.1, 1.5])('SIGINT after %d s', async (s) => {
  const p = place();
  const run = p.start('run', '--json', '--for', '20s');
  await sleep(s * 1000);
  const t = performance.now();
  run.signal('SIGINT');
  const e = await run.ended;
  console.log(s, Math.round(performance.now() - t), e.exit, e.stderr, e.stdout.slice(-300), p.processes());
});

test('exchange dies', async () => {
  const p = place();
  const run = p.start('run', '--json', '--for', '20s');
  await run.record(isStatus);
  console.log(p.processes());
  process.kill(p.pidOf('exchange'), 'SIGKILL');
  const t = performance.now();
  const e = await Promise.race([run.ended, sleep(25000)]);
  console.log(Math.round(performance.now() - t), e, run.stderr, run.records.slice(-5), p.processes());
});
