/** A private key in a variable is seen by every process of this user and handed to every child: it is taken out at once. */
import type { Variables } from '../config/home.ts';
import { Secret } from './secret.ts';

const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** Removes them from `variables` and gives their names; their values are never printed by this process. */
export function removeExposedKeys(variables: Record<string, string | undefined>): readonly string[] {
  const names = exposedIn(variables);
  for (const name of names) {
    new Secret(variables[name] ?? '');
    delete variables[name];
  }
  return names;
}

function exposedIn(variables: Variables): readonly string[] {
  return Object.keys(variables).filter((name) => PRIVATE_KEY.test(variables[name] ?? ''));
}
