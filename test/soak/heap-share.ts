/**
 * How much of the heap hangs on one object, the process's code left out: session and exchange share a process in virtual time,
 * and only the first will run for weeks. Read from a snapshot of the heap; what hangs on both is counted with the object.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeHeapSnapshot } from 'node:v8';

/** The parts of a snapshot that are read here; numbers lie in one row after another. */
interface Snapshot {
  readonly snapshot: {
    readonly meta: {
      readonly node_fields: readonly string[];
      readonly node_types: readonly (readonly string[] | string)[];
      readonly edge_fields: readonly string[];
      readonly edge_types: readonly (readonly string[] | string)[];
    };
  };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
}

/** Of code and its descriptions, which come as functions grow hot, and of functions. */
const NO_DATA = ['code', 'hidden', 'object shape', 'closure', 'native', 'synthetic'];

/** Bytes that can be reached from the first object of class `root`, but through no object of the classes `outside`. */
export function bytesKeptBy(root: string, outside: ReadonlySet<string>): number {
  const directory = mkdtempSync(join(tmpdir(), 'kmm-heap-'));
  try {
    const path = writeHeapSnapshot(join(directory, 'a.heapsnapshot'));
    return bytesFrom(JSON.parse(readFileSync(path, 'utf8')), root, outside);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function bytesFrom({ snapshot, nodes, edges, strings }: Snapshot, root: string, outside: ReadonlySet<string>): number {
  const { node_fields, node_types, edge_fields, edge_types } = snapshot.meta;
  const [nodeSize, edgeSize] = [node_fields.length, edge_fields.length];
  const [kinds, edgeKinds] = [node_types[0] ?? [], edge_types[0] ?? []];
  const at = (name: string) => node_fields.indexOf(name);
  const [nameAt, sizeAt, edgesAt] = [at('name'), at('self_size'), at('edge_count')];
  const weak = edgeKinds.indexOf('weak');
  const object = kinds.indexOf('object');
  const isData = Array.from(kinds, (kind) => !NO_DATA.includes(kind));
  const count = nodes.length / nodeSize;
  const field = (node: number, offset: number) => nodes[node * nodeSize + offset] as number;
  const nameOf = (node: number) => strings[field(node, nameAt)] ?? '';

  const firstEdge = new Uint32Array(count + 1);
  for (let node = 0; node < count; node += 1) firstEdge[node + 1] = (firstEdge[node] as number) + field(node, edgesAt);
  const isSeen = new Uint8Array(count);
  const queue: number[] = [];
  const meet = (node: number) => {
    if (isSeen[node] === 1 || (field(node, 0) === object && outside.has(nameOf(node)))) return;
    isSeen[node] = 1;
    queue.push(node);
  };
  for (let node = 0; node < count && queue.length === 0; node += 1) {
    if (field(node, 0) === object && nameOf(node) === root) meet(node);
  }
  let bytes = 0;
  for (const node of queue) {
    if (isData[field(node, 0)]) bytes += field(node, sizeAt);
    for (let edge = firstEdge[node] as number; edge < (firstEdge[node + 1] as number); edge += 1) {
      if (edges[edge * edgeSize] !== weak) meet((edges[edge * edgeSize + 2] as number) / nodeSize);
    }
  }
  return bytes;
}
