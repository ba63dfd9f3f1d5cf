/** A model in ONNX form of one layer, written byte by byte: sigmoid(x·w + b), x of shape [1, n]. */

const VARINT = 0;
const BYTES = 2;
const FLOAT = 1;

export function linearModel(weights: readonly number[], bias: number): Uint8Array {
  const graph = [
    bytes(1, node('MatMul', ['x', 'w'], 'xw')),
    bytes(1, node('Add', ['xw', 'b'], 'z')),
    bytes(1, node('Sigmoid', ['z'], 'p')),
    text(2, 'one layer'),
    bytes(5, tensor('w', [weights.length, 1], weights)),
    bytes(5, tensor('b', [1], [bias])),
    bytes(11, value('x', [1, weights.length])),
    bytes(12, value('p', [1, 1])),
  ].flat();
  const opset = [...text(1, ''), ...number(2, 13)];
  return Uint8Array.from([...number(1, 8), ...bytes(8, opset), ...bytes(7, graph)]);
}

function node(operator: string, inputs: readonly string[], output: string): number[] {
  return [...inputs.flatMap((name) => text(1, name)), ...text(2, output), ...text(4, operator)];
}

function tensor(name: string, dims: readonly number[], values: readonly number[]): number[] {
  const raw = [...new Uint8Array(Float32Array.from(values).buffer)];
  return [...dims.flatMap((dim) => number(1, dim)), ...number(2, FLOAT), ...text(8, name), ...bytes(9, raw)];
}

function value(name: string, dims: readonly number[]): number[] {
  const shape = dims.flatMap((dim) => bytes(1, number(1, dim)));
  return [...text(1, name), ...bytes(2, bytes(1, [...number(1, FLOAT), ...bytes(2, shape)]))];
}

function number(field: number, of: number): number[] {
  return [...varint(field * 8 + VARINT), ...varint(of)];
}

function text(field: number, of: string): number[] {
  return bytes(field, [...Buffer.from(of)]);
}

function bytes(field: number, content: readonly number[]): number[] {
  return [...varint(field * 8 + BYTES), ...varint(content.length), ...content];
}

function varint(of: number): number[] {
  return of < 128 ? [of] : [(of % 128) + 128, ...varint(Math.floor(of / 128))];
}
