/** Where what must be told goes when it can be written nowhere else: stderr, without secrets, whatever shows the run. */
import { scrub } from './keys/secret.ts';

export function lastResort(text: string): void {
  process.stderr.write(`${scrub(text)}\n`);
}
