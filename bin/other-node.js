/**
 * Runs the same command line under another Node and becomes transparent: same terminal, same signals, same exit.
 *
 * The child gets a session of its own, so a signal reaches it exactly once, forwarded from here: a ^C that came twice
 * would mean "leave the orders". When this process is killed outright, the child hears its channel close and ends as on SIGHUP.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGWINCH', 'SIGCONT'];
const EXIT_CONFIG = 3;
const SIGNAL_EXIT_BASE = 128;

export function runUnder(node, words) {
  const child = spawn(node, [...process.execArgv, ...words], {
    detached: true,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { ...withoutKeys(process.env), KMM_STARTED_BY: String(process.pid) },
  });
  for (const name of FORWARDED) process.on(name, () => child.kill(name));
  // ^Z stops the terminal's job, which is this process: the child goes first.
  process.on('SIGTSTP', () => {
    child.kill('SIGSTOP');
    process.kill(process.pid, 'SIGSTOP');
  });
  child.on('error', (error) => {
    process.stderr.write(`x KMM_NODE_VERSION  ${node} does not start: ${error.message}\n`);
    process.exit(EXIT_CONFIG);
  });
  child.on('exit', (code, signal) => {
    process.exit(code ?? SIGNAL_EXIT_BASE + (constants.signals[signal] ?? 0));
  });
}

/** A key in a variable is handed to nobody. One that does not show itself is the program's to find. */
function withoutKeys(variables) {
  const isKey = (value) => value.includes('PRIVATE KEY-----');
  for (const [name, value] of Object.entries(variables)) {
    if (isKey(value)) process.stderr.write(`the variable ${name} holds a private key: it is not used or passed on\n`);
  }
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => !isKey(value)));
}

/** In the child: without the starter there is no terminal either. */
export function followStarter() {
  if (process.env.KMM_STARTED_BY === undefined || process.channel === undefined) return;
  delete process.env.KMM_STARTED_BY;
  process.on('disconnect', () => process.kill(process.pid, 'SIGHUP'));
  process.channel.unref();
}
