/**
 * How many standard errors a 95 % interval reaches when the error itself was estimated from a few observations (Student
 * 1908): with ten events 2.26 instead of 1.96. What a normal interval would hide, a backtest of a few markets has most of.
 */

/** The 97.5 % point of Student's t with so many degrees of freedom; ∞ with none. */
export function studentReach(freedom: number): number {
  if (!(freedom >= 1)) return Infinity;
  return POINTS[Math.floor(freedom) - 1] ?? expansion(freedom);
}

/** P(T ≤ t) with a whole number of degrees of freedom, by the finite series of sines (Abramowitz & Stegun 26.7.3, 26.7.4). */
export function studentCdf(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const [sine, square] = [Math.sin(angle), Math.cos(angle) ** 2];
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? Math.cos(angle) : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let k = isOdd ? 3 : 2; k <= freedom - 2; k += 2) {
    term *= (square * (k - 1)) / k;
    sum += term;
  }
  const within = isOdd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
  return 0.5 + within / 2;
}

/** Cornish & Fisher's expansion around the normal point; from 30 degrees on it is exact to five digits. */
function expansion(freedom: number): number {
  const square = Z * Z;
  const first = ((square + 1) * Z) / 4;
  const second = (((5 * square + 16) * square + 3) * Z) / 96;
  const third = ((((3 * square + 19) * square + 17) * square - 15) * Z) / 384;
  return Z + first / freedom + second / freedom ** 2 + third / freedom ** 3;
}

const Z = 1.959963984540054;

/** From one degree of freedom on. */
const POINTS = [
  12.706205, 4.302653, 3.182446, 2.776445, 2.570582, 2.446912, 2.364624, 2.306004, 2.262157, 2.228139, 2.200985,
  2.178813, 2.160369, 2.144787, 2.13145, 2.119905, 2.109816, 2.100922, 2.093024, 2.085963, 2.079614, 2.073873, 2.068658,
  2.063899, 2.059539, 2.055529, 2.051831, 2.048407, 2.04523,
] as const;
