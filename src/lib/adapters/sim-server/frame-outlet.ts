/** The last step of a frame out of its session, where a fault may lose, double, swap or delay it after it got its number. */
import type { FrameRule } from './mischief-plan.ts';

/** `delayMs`: how long it, and everything behind it, waits on the way. */
export type SendFrame = (frame: string, delayMs: number) => void;

export class FrameOutlet {
  readonly #send: SendFrame;
  /** Goes out after the next one. */
  #held: string | undefined;

  constructor(send: SendFrame) {
    this.#send = send;
  }

  send(frame: string, rule?: FrameRule): void {
    if (rule?.fault === 'frame_dropped') return;
    if (rule?.fault === 'frame_reordered' && this.#held === undefined) {
      this.#held = frame;
      return;
    }
    this.#send(frame, rule?.fault === 'frame_delayed' ? rule.delay_ms : 0);
    if (rule?.fault === 'frame_duplicated') this.#send(frame, 0);
    if (this.#held === undefined) return;
    this.#send(this.#held, 0);
    this.#held = undefined;
  }
}
