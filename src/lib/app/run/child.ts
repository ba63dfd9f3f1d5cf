/** Starts one of our processes with a message channel, in its own process group so that the terminal's ^C passes it by. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ToExchange } from './messages.ts';

/** Compiled, the modules end in .js; in a clone Node runs the .ts files as they are. */
const SUFFIX = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

export function startChild(name: 'trader-process' | 'exchange-process'): ChildProcess {
  return fork(fileURLToPath(new URL(`./${name}${SUFFIX}`, import.meta.url)), {
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'json',
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
}

/** Tells the embedded exchange to end, and waits for it; one that does not is killed. */
export async function endExchange(child: ChildProcess): Promise<void> {
  if (child.connected) child.send({ type: 'end' } satisfies ToExchange);
  const killer = setTimeout(() => child.kill('SIGKILL'), END_MS);
  await exited(child);
  clearTimeout(killer);
}

const END_MS = 5_000;

export function exited(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => child.once('exit', () => resolve()));
}
