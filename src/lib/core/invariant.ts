/** A statement that must hold for money to be safe. When it does not, the process cancels everything and stops. */

export class InvariantBroken extends Error {
  constructor(statement: string) {
    super(`invariant broken: ${statement}`);
    this.name = 'InvariantBroken';
  }
}

export function invariant(holds: boolean, statement: string): asserts holds {
  if (!holds) throw new InvariantBroken(statement);
}

/** Closes a switch over a union: a new member that nobody handles does not compile. */
export function never(value: never): never {
  throw new InvariantBroken(`unexpected value ${JSON.stringify(value)}`);
}
