/** The four verbs that end trading, side by side: in the help of each of them. */
export const VERBS_HELP = `pause    no new exposure, orders that reduce go on; until kmm resume
stop     cancel our own orders, verify, end kmm run; positions stay
flatten  work or pay out of one position, for at most so many dollars
kill     everything on the account, at once and latched; never asks, needs no running kmm`;
