/**
 * Asks before something that cannot be taken back (operator.md, danger). Moderate: y/N, or --yes. Severe: the last
 * characters of the key id, typed or given with --confirm. Where there is no terminal nothing is asked, and nothing done.
 */
import { createInterface } from 'node:readline/promises';
import { Flags } from '@oclif/core';
import { KmmError } from './lib/app/errors/errors.ts';

export const confirmFlags = {
  yes: Flags.boolean({ char: 'y', description: 'do not ask' }),
  confirm: Flags.string({ helpValue: 'SUFFIX', description: 'prod: the last 4 characters of the key id' }),
};

export interface Confirmation {
  /** What is about to be done, as a question. */
  readonly question: string;
  readonly yes?: boolean | undefined;
  readonly confirm?: string | undefined;
}

const SUFFIX_LENGTH = 4;

/** Throws KMM_CONFIRMATION. */
export async function confirmModerate({ question, yes }: Confirmation): Promise<void> {
  if (yes === true) return;
  if (!isTerminal())
    throw new KmmError('KMM_CONFIRMATION', `${question} Without a terminal this needs --yes`, { next: ['--yes'] });
  const answer = await typed(`${question} [y/N] `);
  if (!/^y(es)?$/i.test(answer)) throw new KmmError('KMM_CONFIRMATION', 'not confirmed');
}

/** Throws KMM_CONFIRMATION. */
export async function confirmSevere({ question, confirm }: Confirmation, keyId: string): Promise<void> {
  const suffix = keyId.slice(-SUFFIX_LENGTH);
  if (confirm === suffix) return;
  if (confirm !== undefined)
    throw new KmmError('KMM_CONFIRMATION', '--confirm does not end the key id of this account');
  if (!isTerminal()) {
    const next = ['--confirm with the last 4 characters of the key id'];
    throw new KmmError('KMM_CONFIRMATION', `${question} Without a terminal this needs --confirm`, { next });
  }
  if ((await typed(`${question} Type the last 4 characters of the key id: `)) !== suffix) {
    throw new KmmError('KMM_CONFIRMATION', 'not confirmed');
  }
}

function isTerminal(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true;
}

async function typed(prompt: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return (await terminal.question(prompt)).trim();
  } finally {
    terminal.close();
  }
}
