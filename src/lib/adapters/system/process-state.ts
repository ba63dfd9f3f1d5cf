/** What the kernel says a process is doing (Linux, proc(5)); undefined elsewhere, or when there is no such process. */
import { readFileSync } from 'node:fs';

export type ProcessState = 'stopped' | 'waits for the disk' | 'computes' | 'waits' | 'dead';

const STATES: Readonly<Record<string, ProcessState>> = {
  ...{ T: 'stopped', t: 'stopped', D: 'waits for the disk', R: 'computes', S: 'waits', I: 'waits' },
  ...{ Z: 'dead', X: 'dead' },
};

export function processState(pid: number): ProcessState | undefined {
  try {
    // The name in brackets may hold anything; the state is the first field behind it.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return STATES[stat.charAt(stat.lastIndexOf(')') + 2)];
  } catch {
    return undefined;
  }
}
