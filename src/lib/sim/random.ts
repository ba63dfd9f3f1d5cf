/**
 * Randomness as an argument: a stream of uniform numbers, a seeded generator whose streams can be split by name, and the
 * draws that the simulated world is made of. Nothing here looks at a clock or at the machine; the same seed and the same
 * labels give the same numbers for ever.
 */

export interface RandomStream {
  /** The next number, uniform in [0, 1). */
  next(): number;
}

export interface SplittableStream extends RandomStream {
  /**
   * A stream of its own for one part of the world. It depends on the seed and the labels alone, not on how many numbers
   * were drawn, so that a new part does not change what the others see.
   */
  split(label: string): SplittableStream;
}

export function seededStream(seed: number | string): SplittableStream {
  return streamNamed(`${seed}`);
}

/** Exponential with this mean: the wait until the next event of a Poisson process. */
export function exponential(stream: RandomStream, mean: number): number {
  return -mean * Math.log1p(-stream.next());
}

/** Normal, by Box and Muller (1958); one of the pair is thrown away, so that a stream holds no state but its own. */
export function normal(stream: RandomStream, mean: number, deviation: number): number {
  const radius = Math.sqrt(-2 * Math.log1p(-stream.next()));
  return mean + deviation * radius * Math.cos(2 * Math.PI * stream.next());
}

/** A whole number, each of low…high equally likely, both ends included. */
export function integer(stream: RandomStream, low: number, high: number): number {
  return low + Math.floor(stream.next() * (high - low + 1));
}

export function chance(stream: RandomStream, probability: number): boolean {
  return stream.next() < probability;
}

/** 32 bits that stand for a text: for stream names and for ids that should differ from world to world. */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return mix(hash);
}

function streamNamed(name: string): SplittableStream {
  const generator = xoshiro128(name);
  return {
    next: () => {
      const high = generator() >>> 5;
      const low = generator() >>> 6;
      return (high * 2 ** 26 + low) / 2 ** 53;
    },
    split: (label) => streamNamed(`${name}/${label}`),
  };
}

/** xoshiro128** 1.1 of Blackman and Vigna (2018): period 2^128 − 1, 32 bits a call. */
function xoshiro128(name: string): () => number {
  let [a, b, c, d] = [hash32(`${name}:0`), hash32(`${name}:1`), hash32(`${name}:2`), hash32(`${name}:3`) | 1];
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result >>> 0;
  };
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** Spreads every bit of the input over every bit of the output (the finalizer of MurmurHash3). */
function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
