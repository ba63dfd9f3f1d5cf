/**
 * The normal distribution and the logit, to full double precision in both tails.
 *
 * Nothing is refused: NaN in is NaN out. Sources: W. J. Cody, "Rational Chebyshev approximations for the error
 * function" (1969), and M. J. Wichura, algorithm AS 241 (1988), whose published coefficients stand at the end.
 */

/** Φ(x): chance that a standard normal is ≤ x. Relative error below 10⁻¹² throughout the left tail. */
export function normalCdf(x: number): number {
  return 0.5 * erfc(-x * Math.SQRT1_2);
}

/** φ(x): density of the standard normal. */
export function normalPdf(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}

/** Φ(b) − Φ(a), a ≤ b, subtracted in the tail where both are small, so that a far interval keeps its digits. */
export function normalBetween(a: number, b: number): number {
  return a > 0 ? normalCdf(-a) - normalCdf(-b) : normalCdf(b) - normalCdf(a);
}

/** Φ⁻¹(p). −∞ at 0, +∞ at 1, NaN outside [0, 1]. */
export function normalInverse(p: number): number {
  const fromMiddle = p - 0.5;
  if (Math.abs(fromMiddle) <= 0.425) {
    const r = 0.180625 - fromMiddle * fromMiddle;
    return fromMiddle * ratio(INVERSE_MIDDLE, r);
  }
  const tail = fromMiddle < 0 ? p : 1 - p;
  if (tail === 0) return fromMiddle < 0 ? -Infinity : Infinity;
  const r = Math.sqrt(-Math.log(tail));
  const distance = r <= 5 ? ratio(INVERSE_NEAR_TAIL, r - 1.6) : ratio(INVERSE_FAR_TAIL, r - 5);
  return fromMiddle < 0 ? -distance : distance;
}

/** ln p − ln(1 − p). */
export function logit(p: number): number {
  return Math.log(p) - Math.log1p(-p);
}

/** 1/(1 + e^−x), in two branches so that neither overflows. */
export function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const odds = Math.exp(x);
  return odds / (1 + odds);
}

/** 1 − erf(x), with its own digits where it is small. */
function erfc(x: number): number {
  const size = Math.abs(x);
  if (size <= 0.46875) return 1 - x * ratio(ERF_MIDDLE, x * x);
  const upper = erfcUpper(size);
  return x > 0 ? upper : 2 - upper;
}

function erfcUpper(x: number): number {
  if (x > ERFC_UNDERFLOW) return 0;
  if (x <= 4) return gaussian(x) * ratio(ERFC_NEAR_TAIL, x);
  const inverseSquare = 1 / (x * x);
  return (gaussian(x) * (1 / Math.sqrt(Math.PI) - inverseSquare * ratio(ERFC_FAR_TAIL, inverseSquare))) / x;
}

/** e^(−x²): the square is split so that its rounding error does not reach the exponential. */
function gaussian(x: number): number {
  const coarse = Math.trunc(x * 16) / 16;
  return Math.exp(-coarse * coarse) * Math.exp(-(x - coarse) * (x + coarse));
}

interface Rational {
  /** Coefficients, highest power first. */
  readonly over: readonly number[];
  readonly under: readonly number[];
}

function ratio({ over, under }: Rational, x: number): number {
  return polynomial(over, x) / polynomial(under, x);
}

function polynomial(coefficients: readonly number[], x: number): number {
  let value = 0;
  for (const coefficient of coefficients) value = value * x + coefficient;
  return value;
}

/** Beyond this erfc is below the smallest double. */
const ERFC_UNDERFLOW = 27.3;

/** erf(x)/x in x², |x| ≤ 0.46875. */
const ERF_MIDDLE: Rational = {
  over: [
    1.85777706184603153e-1, 3.1611237438705656, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3,
  ],
  under: [1, 2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3],
};

/** e^(x²)·erfc(x), 0.46875 ≤ x ≤ 4. */
const ERFC_NEAR_TAIL: Rational = {
  over: [
    2.15311535474403846e-8, 5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1, 2.98635138197400131e2,
    8.8195222124176909e2, 1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
  ],
  under: [
    1, 1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3,
    3.29079923573345963e3, 4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
  ],
};

/** (1/√π − x·e^(x²)·erfc(x))·x² in 1/x², x ≥ 4. */
const ERFC_FAR_TAIL: Rational = {
  over: [
    1.63153871373020978e-2, 3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1,
    1.60837851487422766e-2, 6.58749161529837803e-4,
  ],
  under: [
    1, 2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2,
    2.33520497626869185e-3,
  ],
};

/** Φ⁻¹(p)/(p − ½) in 0.425² − (p − ½)². */
const INVERSE_MIDDLE: Rational = {
  over: [
    2.5090809287301226727e3, 3.3430575583588128105e4, 6.7265770927008700853e4, 4.5921953931549871457e4,
    1.3731693765509461125e4, 1.9715909503065514427e3, 1.3314166789178437745e2, 3.387132872796366608,
  ],
  under: [
    5.226495278852854561e3, 2.8729085735721942674e4, 3.930789580009271061e4, 2.1213794301586595867e4,
    5.3941960214247511077e3, 6.871870074920579083e2, 4.2313330701600911252e1, 1,
  ],
};

/** |Φ⁻¹(p)| in √(−ln tail) − 1.6, up to a tail of e⁻²⁵. */
const INVERSE_NEAR_TAIL: Rational = {
  over: [
    7.7454501427834140764e-4, 2.27238449892691845833e-2, 2.4178072517745061177e-1, 1.27045825245236838258,
    3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
  ],
  under: [
    1.05075007164441684324e-9, 5.475938084995344946e-4, 1.51986665636164571966e-2, 1.4810397642748007459e-1,
    6.8976733498510000455e-1, 1.6763848301838038494, 2.05319162663775882187, 1,
  ],
};

/** |Φ⁻¹(p)| in √(−ln tail) − 5, beyond it. */
const INVERSE_FAR_TAIL: Rational = {
  over: [
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.6532189526576123093e-2,
    2.9656057182850489123e-1, 1.7848265399172913358, 5.46378491116411436990, 6.6579046435011037772,
  ],
  under: [
    2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
    1.48753612908506148525e-2, 1.3692988092273580531e-1, 5.99832206555887937690e-1, 1,
  ],
};
