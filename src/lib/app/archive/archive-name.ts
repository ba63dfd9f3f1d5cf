/** What a part of the archive is called where a file could be named as well. */

export const ARCHIVE = 'archive:';

export function isOfArchive(name: string): boolean {
  return name.startsWith(ARCHIVE);
}
