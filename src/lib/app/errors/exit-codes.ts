/** What the process answers when it ends: the table of operator.md section 1. Scripts rely on these numbers. */
export const EXIT = {
  done: 0,
  bug: 1,
  usage: 2,
  config: 3,
  key: 4,
  unreachable: 5,
  risk: 6,
  reconcile: 7,
  locked: 8,
  unconfirmed: 9,
  gate: 10,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
