/**
 * Cursor paging: the cursor names the last item looked at, so that new items at the front shift nothing.
 *
 * A cursor that means nothing starts at the first page, as the exchange does (kalshi/api.md 3.9).
 */

export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** Empty on the last page. */
  readonly cursor: string;
}

/** `ordered` is the whole list in answer order, before filtering: an item that stops matching still holds its place. */
export function pageOf<Item>(
  ordered: readonly Item[],
  nameOf: (item: Item) => string,
  isWanted: (item: Item) => boolean,
  { limit, cursor }: PageRequest,
): Page<Item> {
  const items: Item[] = [];
  for (let index = startOf(ordered, nameOf, cursor); index < ordered.length; index += 1) {
    const item = ordered[index] as Item;
    if (!isWanted(item)) continue;
    if (items.length === limit) return { items, cursor: cursorAfter(items.at(-1), nameOf) };
    items.push(item);
  }
  return { items, cursor: '' };
}

/** Both bounds inclusive, in Unix seconds. */
export function isWithin(seconds: number, min: number | undefined, max: number | undefined): boolean {
  return (min === undefined || seconds >= min) && (max === undefined || seconds <= max);
}

function startOf<Item>(ordered: readonly Item[], nameOf: (item: Item) => string, cursor: string | undefined): number {
  if (cursor === undefined || cursor === '') return 0;
  const name = Buffer.from(cursor, 'base64url').toString();
  return ordered.findIndex((item) => nameOf(item) === name) + 1;
}

function cursorAfter<Item>(last: Item | undefined, nameOf: (item: Item) => string): string {
  return last === undefined ? '' : Buffer.from(nameOf(last)).toString('base64url');
}
