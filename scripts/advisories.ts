/** `npm run advisories`: known holes in what is installed to run. A scan that cannot be made says so, and is not green. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface Verdict {
  /** 0 none, 1 some, 2 not run. */
  readonly exit: 0 | 1 | 2;
  readonly text: string;
}

/** `said`: what `npm audit --json` has printed. */
export function verdictOf(said: string): Verdict {
  const answer = parsed(said);
  const total = answer?.metadata?.vulnerabilities?.total;
  if (typeof total !== 'number') {
    return { exit: 2, text: `advisories: not run (${answer?.message ?? 'npm audit gave no answer'})` };
  }
  if (total === 0) return { exit: 0, text: 'advisories: none for what is installed to run' };
  return { exit: 1, text: `advisories: ${total}; npm audit --omit=dev names them` };
}

interface Answer {
  readonly message?: string;
  readonly metadata?: { readonly vulnerabilities?: { readonly total?: number } };
}

function parsed(said: string): Answer | undefined {
  try {
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { stdout } = spawnSync('npm', ['audit', '--omit=dev', '--json'], { encoding: 'utf8' });
  const { exit, text } = verdictOf(stdout ?? '');
  process.stdout.write(`${text}\n`);
  process.exitCode = exit;
}
