/**
 * Properties are drawn from one seed, so that a suite that was green is green again: a change is judged by what it changed.
 * What other seeds find is looked for by `npm run properties`, which draws a new one for each round and says it.
 */
import fc from 'fast-check';

const SEED = 20_261_129;
const { KMM_TEST_SEED, KMM_TEST_RUNS } = process.env;

fc.configureGlobal({
  seed: KMM_TEST_SEED === undefined ? SEED : Number(KMM_TEST_SEED),
  ...(KMM_TEST_RUNS === undefined ? {} : { numRuns: Number(KMM_TEST_RUNS) }),
});
