/** Whether an archive holds a file of a tape, so that it may be deleted. There is no archive yet: nothing is in one. */
import type { Home } from '../config/home.ts';

export function isArchived(_home: Home, _path: string): boolean {
  return false;
}
