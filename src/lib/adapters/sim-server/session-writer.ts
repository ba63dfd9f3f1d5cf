/** Everything that one session sends: frames with their numbers, and where a plan of faults may strike them. */
import type { Venue } from '../../sim/venue.ts';
import { FrameOutlet, type SendFrame } from './frame-outlet.ts';
import { type Bulletin, frameText } from './frames.ts';
import type { Mischief } from './mischief.ts';
import type { FrameRule } from './mischief-plan.ts';
import { errorMessage, type StreamErrorCode } from './stream-errors.ts';
import type { Subscription } from './subscription.ts';

export interface SessionWriterOptions {
  readonly venue: Venue;
  readonly mischief: Mischief;
  readonly accountId: string;
  /** Whether frames say when they were sent. */
  readonly stampsFrames: boolean;
  readonly send: SendFrame;
}

/** `id`: of the command that is answered. */
interface Numbers {
  readonly id?: number | undefined;
  readonly sid?: number;
  readonly seq?: number;
}

/** After these the subscription is over. */
export type TerminalCode = 10 | 25;

export class SessionWriter {
  readonly #options: SessionWriterOptions;
  readonly #outlet: FrameOutlet;

  constructor(options: SessionWriterOptions) {
    this.#options = options;
    this.#outlet = new FrameOutlet(options.send);
  }

  frame(type: string, numbers: Numbers, message?: string, fault?: FrameRule): void {
    const { stampsFrames, venue } = this.#options;
    this.#outlet.send(frameText(type, numbers, message, stampsFrames ? venue.now : undefined), fault);
  }

  acknowledge(subscription: Subscription, id: number | undefined, message?: string): void {
    this.frame('ok', { id, sid: subscription.sid, seq: subscription.nextSeq() }, message);
  }

  refuse(code: StreamErrorCode, id?: number, subscription?: Subscription): void {
    const numbers = subscription === undefined ? {} : { sid: subscription.sid, seq: subscription.nextSeq() };
    this.frame('error', { id, ...numbers }, errorMessage(code));
  }

  /** Private bulletins go to their own account alone. Answers the code by which a fault ends the subscription instead. */
  deliver(subscription: Subscription, bulletin: Bulletin, id?: number): TerminalCode | undefined {
    const { accountId, mischief, venue } = this.#options;
    if (bulletin.accountId !== undefined && bulletin.accountId !== accountId) return undefined;
    const rule = mischief.onFrame(subscription.channel, bulletin.type, venue.now);
    // These strike before the frame has its number.
    if (rule?.fault === 'channel_error') return 10;
    if (rule?.fault === 'overflow') return 25;
    if (rule?.fault === 'level_drift') return undefined;
    const { sid, usesYesPrice } = subscription;
    const seq = subscription.nextDataSeq();
    const numbers = { id, sid, ...(seq === undefined ? {} : { seq }) };
    this.frame(bulletin.type, numbers, bulletin.message({ accountId, usesYesPrice }), rule);
    return undefined;
  }
}
