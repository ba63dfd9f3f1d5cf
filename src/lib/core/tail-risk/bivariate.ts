/**
 * Φ₂(h, k; ρ): chance that two standard normals with correlation ρ are ≤ h and ≤ k. The exact check of what joint draws say
 * of two binaries: P(both YES) = Φ₂(Φ⁻¹p₁, Φ⁻¹p₂; ρ) (math.md 17).
 *
 * Φ(h)·Φ(k) plus the integral of its derivative by ρ (Plackett 1954), by Gauss and Legendre in the angle arcsin ρ. Near
 * ρ = ±1 the integrand ends in a cliff, so the pieces get shorter towards it.
 */
import { normalCdf } from '../normal.ts';

/** Absolute error below 10⁻¹². NaN outside −1 ≤ ρ ≤ 1. */
export function bivariateNormalCdf(h: number, k: number, correlation: number): number {
  if (!(Math.abs(correlation) <= 1)) return Number.NaN;
  if (h === -Infinity || k === -Infinity) return 0;
  if (h === Infinity) return normalCdf(k);
  if (k === Infinity) return normalCdf(h);
  if (correlation === 1) return normalCdf(Math.min(h, k));
  if (correlation === -1) return Math.max(0, normalCdf(h) - normalCdf(-k));
  const sign = Math.sign(correlation);
  const end = Math.asin(Math.abs(correlation));
  let integral = 0;
  let from = 0;
  while (from < end) {
    // Half of what is left to the cliff at a right angle, in pieces that Gauss and Legendre hold exact.
    const to = Math.min(end, from + Math.max((Math.PI / 2 - from) / 2, PIECE_MIN));
    integral += piece(h, sign * k, from, to);
    from = to;
  }
  return normalCdf(h) * normalCdf(k) + (sign * integral) / (2 * Math.PI);
}

const PIECE_MIN = 1e-6;

/** Integral of exp(−(h² + k² − 2hk·sin θ)/(2cos²θ)). */
function piece(h: number, k: number, from: number, to: number): number {
  const [middle, half] = [(from + to) / 2, (to - from) / 2];
  let sum = 0;
  for (const [node, weight] of NODES) {
    for (const angle of [middle - half * node, middle + half * node]) {
      const sine = Math.sin(angle);
      // (h² + k² − 2hk·s)/(1 − s²), kept from cancelling where s is near 1.
      const exponent = (h - k) ** 2 / (2 * Math.cos(angle) ** 2) + (h * k) / (1 + sine);
      sum += weight * Math.exp(-exponent);
    }
  }
  return sum * half;
}

/** Positive nodes of 20-point Gauss–Legendre on [−1, 1], and their weights. */
const NODES: readonly (readonly [number, number])[] = [
  [0.07652652113349732, 0.15275338713072584],
  [0.22778585114164507, 0.14917298647260374],
  [0.37370608871541955, 0.14209610931838204],
  [0.5108670019508271, 0.13168863844917664],
  [0.636053680726515, 0.11819453196151841],
  [0.7463319064601508, 0.10193011981724044],
  [0.8391169718222188, 0.08327674157670475],
  [0.912234428251326, 0.06267204833410907],
  [0.9639719272779138, 0.04060142980038694],
  [0.9931285991850949, 0.017614007139152118],
];
