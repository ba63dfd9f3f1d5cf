/** How patient a watchdog is. Milliseconds. */
export interface WatchdogLimits {
  /** No turn for so long is a stall. */
  readonly stallMs: number;
  /** Between two looks. */
  readonly checkMs: number;
  /** The trader's lease and the time before a close at which its quotes leave, to judge it from another host. */
  readonly leaseMs: number;
  readonly freezeMs: number;
}
