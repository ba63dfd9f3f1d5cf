/** Configuration before it is checked: tables within tables, as a TOML parser gives them. */

export interface Tree {
  readonly [key: string]: unknown;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function valueAt(tree: Tree, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (isTree(value) ? value[name] : undefined), tree);
}

/** `over` on top of `under`, table by table; a list or a value replaces what was there. */
export function mergedTree(under: Tree, over: Tree): Tree {
  const merged: Record<string, unknown> = { ...under };
  for (const [name, value] of Object.entries(over)) {
    const below = merged[name];
    merged[name] = isTree(value) && isTree(below) ? mergedTree(below, value) : value;
  }
  return merged;
}

/** A tree with these values and nothing else. */
export function treeOf(leaves: readonly (readonly [path: readonly string[], value: unknown])[]): Tree {
  return leaves.reduce<Tree>((tree, [path, value]) => mergedTree(tree, nested(path, value)), {});
}

/** Every path that ends in a value, in the order of the tree. */
export function leavesOf(tree: Tree, path: readonly string[] = []): readonly (readonly string[])[] {
  return Object.entries(tree).flatMap(([name, value]) =>
    isTree(value) ? leavesOf(value, [...path, name]) : [[...path, name]],
  );
}

function nested(path: readonly string[], value: unknown): Tree {
  return path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as Tree;
}
