/** onnxruntime-node by name: an optional peer of 300 MB, loaded when a source asks for it. Only what is used is described. */
import { createRequire } from 'node:module';

export interface OnnxTensor {
  readonly data: ArrayLike<number | bigint> & Iterable<unknown>;
  readonly dims: readonly number[];
}

export interface OnnxSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Absent before 1.22. */
  readonly inputMetadata?: readonly { readonly name: string; readonly shape?: readonly (number | string)[] }[];
  run(feeds: Readonly<Record<string, OnnxTensor>>): Promise<Readonly<Record<string, OnnxTensor>>>;
  release(): Promise<void>;
}

export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<OnnxSession>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OnnxTensor;
}

const NAME = 'onnxruntime-node';

/** Looked up and not loaded. */
export function isOnnxInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve(NAME);
    return true;
  } catch {
    return false;
  }
}

/** Undefined when it is not installed. */
export async function loadOnnx(): Promise<OnnxRuntime | undefined> {
  if (!isOnnxInstalled()) return undefined;
  const module: { readonly default?: OnnxRuntime } & Partial<OnnxRuntime> = await import(NAME);
  return module.default ?? (module as OnnxRuntime);
}
