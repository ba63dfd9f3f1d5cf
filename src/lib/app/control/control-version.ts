/** Both ends are of one version, or nothing is done: an order that is half understood is worse than none. */
export const CONTROL_VERSION = 1;
