/** What a probe of the exchange came to: the round trip of one contract, the answers to what is unsettled, and the proof of both. */
import type { EnvironmentName } from '../config/home.ts';

/** One call to the exchange with what it said, ids taken out. */
export interface Evidence {
  readonly call: string;
  /** Null: no HTTP answer came. */
  readonly status: number | null;
  /** As it came, or why nothing came; ids replaced, cut to a few hundred signs. */
  readonly body: string;
}

/** The questions of reliability.md section 9. */
export type QuestionId = 'V1' | 'V2' | 'V3' | 'V4' | 'V5' | 'V6' | 'V7' | 'V8' | 'V9' | 'V10';

export type Facts = Readonly<Record<string, unknown>>;

export type ProbeAnswer = { readonly id: QuestionId; readonly question: string } & (
  | {
      readonly isAnswered: true;
      /** In a sentence. */
      readonly answer: string;
      /** The same for programs. */
      readonly facts: Facts;
      readonly evidence: readonly Evidence[];
    }
  | { readonly isAnswered: false; readonly reason: string; readonly evidence: readonly Evidence[] }
);

/** One place where the order was looked for. `ms`: how long it had to be looked for after the acknowledgement. */
export interface ChannelCheck {
  readonly step: 'placed' | 'amended' | 'decreased' | 'cancelled';
  readonly channel: string;
  readonly isConfirmed: boolean;
  readonly ms: number;
}

export interface ProbeReport {
  readonly type: 'auth_probe';
  readonly env: EnvironmentName;
  readonly host: string;
  readonly ticker: string;
  readonly shard: number;
  /** ISO, UTC. */
  readonly at: string;
  readonly roundTrip: readonly ChannelCheck[];
  readonly answers: readonly ProbeAnswer[];
  /** Two listings in a row held nothing of the probe. */
  readonly isGone: boolean;
  /** What the last listing still held of it. */
  readonly resting: number;
  /** ^C ended it before all had been asked. */
  readonly isCutShort: boolean;
}
