/** What a source of values speaks: what it is told when a link is up, and what its messages mean. Transport is link.ts. */
import type { z } from 'zod';

export type ReferenceMessage =
  | { readonly kind: 'values'; readonly values: readonly StatedValue[] }
  /** Of the link itself: heartbeats, acknowledgements. */
  | { readonly kind: 'other' }
  /** The link asks for something to be said next. */
  | { readonly kind: 'answer'; readonly text: string }
  /** It will give nothing: a wrong key, an unknown symbol, its own wish to be called anew. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'malformed'; readonly reason: string };

export interface StatedValue {
  /** As the source calls it. */
  readonly symbol: string;
  readonly value: number;
  /** The source's own time, unix ms. */
  readonly at: number;
}

export interface ReferenceProtocol {
  /** Sent when a link comes up. */
  greeting(symbols: readonly string[]): readonly string[];
  read(text: string): ReferenceMessage;
}

export const OTHER: ReferenceMessage = { kind: 'other' };

/** Parses JSON of one of these shapes and says what it means; anything else is malformed, and never thrown. */
export function reading<S extends z.ZodType>(schema: S, meaning: (message: z.output<S>) => ReferenceMessage) {
  return (text: string): ReferenceMessage => {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      return { kind: 'malformed', reason: `is not JSON: ${text.slice(0, SHOWN).replace(/[^\x20-\x7e]/g, ' ')}` };
    }
    const parsed = schema.safeParse(json);
    if (parsed.success) return meaning(parsed.data);
    const [issue] = parsed.error.issues;
    return { kind: 'malformed', reason: `${issue?.path.join('.') || 'a message'}: ${issue?.message ?? 'wrong'}` };
  };
}

const SHOWN = 40;
