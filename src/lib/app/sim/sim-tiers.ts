/** The usage levels that an account of the embedded exchange may have, lowest first. */
export { TIER_NAMES } from '../../adapters/sim-server/tiers.ts';
