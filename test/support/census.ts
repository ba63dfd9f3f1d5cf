/**
 * What an object keeps: the size of every Map, Set and array that can be reached from it, private fields too, by the path to
 * it. Those of a collection's elements are added up under one path. What only a closure knows is not seen.
 */
import { Session } from 'node:inspector';

export type Census = ReadonlyMap<string, number>;

/** `isOutside`: what is not looked into. */
export function censusOf(root: object, isOutside: (value: object) => boolean = () => false): Census {
  const counts = new Map<string, number>();
  const seen = new Set<object>([root]);
  const queue: (readonly [path: string, value: object])[] = [['', root]];
  const inspector = new Session();
  inspector.connect();
  try {
    for (const [path, value] of queue) {
      const size = sizeOf(value);
      if (size !== undefined) counts.set(path, (counts.get(path) ?? 0) + size);
      for (const [name, part] of partsOf(value, inspector)) {
        if (typeof part !== 'object' || part === null || seen.has(part) || isOutside(part)) continue;
        seen.add(part);
        queue.push([name === '' ? `${path}[]` : `${path}.${name}`, part]);
      }
    }
  } finally {
    inspector.disconnect();
    scratch.value = undefined;
  }
  return counts;
}

/** What has more in the second: "path: before → after". */
export function grownIn(before: Census, after: Census): string[] {
  return [...after].flatMap(([path, size]) => {
    const then = before.get(path) ?? 0;
    return size > then ? [`${path}: ${then} → ${size}`] : [];
  });
}

function sizeOf(value: object): number | undefined {
  if (value instanceof Map || value instanceof Set) return value.size;
  return Array.isArray(value) ? value.length : undefined;
}

function* partsOf(value: object, inspector: Session): Iterable<readonly [name: string, part: unknown]> {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return;
  if (value instanceof Map) for (const [key, part] of value) yield* [['', key] as const, ['', part] as const];
  else if (value instanceof Set || Array.isArray(value)) for (const part of value) yield ['', part];
  else {
    for (const [name, { value: part }] of Object.entries(Object.getOwnPropertyDescriptors(value))) yield [name, part];
    if (Object.getPrototypeOf(value) !== Object.prototype) yield* privatesOf(value, inspector);
  }
}

/** Only the inspector sees private fields; it hands them over one by one. */
function* privatesOf(value: object, inspector: Session): Iterable<readonly [name: string, part: unknown]> {
  scratch.value = value;
  const { result } = ask(inspector, 'Runtime.evaluate', { expression: `globalThis.${SCRATCH}.value` });
  if (result.objectId === undefined) return;
  const { objectId } = result;
  const { privateProperties = [] } = ask(inspector, 'Runtime.getProperties', { objectId, ownProperties: true });
  for (const { name, value: field } of privateProperties) {
    if (field?.objectId === undefined || field.type !== 'object') continue;
    const functionDeclaration = `function () { globalThis.${SCRATCH}.value = this; }`;
    ask(inspector, 'Runtime.callFunctionOn', { objectId: field.objectId, functionDeclaration });
    yield [name, scratch.value];
    ask(inspector, 'Runtime.releaseObject', { objectId: field.objectId });
  }
  ask(inspector, 'Runtime.releaseObject', { objectId });
}

interface Answer {
  readonly result: { readonly objectId?: string };
  readonly privateProperties?: readonly {
    readonly name: string;
    readonly value?: { readonly objectId?: string; readonly type: string };
  }[];
}

/** Within one thread it answers at once. */
function ask(inspector: Session, method: string, params: object): Answer {
  let answer: Answer | undefined;
  inspector.post(method, params, (error, said) => {
    if (error !== null) throw new Error(`${method}: ${error.message}`);
    answer = said as Answer;
  });
  if (answer === undefined) throw new Error(`${method} has not answered`);
  return answer;
}

const SCRATCH = '__census';
const scratch: { value: unknown } = { value: undefined };
Object.assign(globalThis, { [SCRATCH]: scratch });
