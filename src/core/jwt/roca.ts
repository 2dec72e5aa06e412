const PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107,
  109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/** Residues of the powers of 65537 modulo each prime. */
const POWERS = PRIMES.map((prime) => [prime, powersOf(65_537 % prime, prime)] as const);

/**
 * CVE-2017-15361: the faulty generator makes primes, and so moduli, that are powers of 65537 modulo every small prime. A sound
 * modulus passes all of these with a chance of less than one in 2^27.
 */
export function hasRocaFingerprint(modulus: Buffer): boolean {
  const number = BigInt(`0x${modulus.toString('hex')}`);
  return POWERS.every(([prime, powers]) => powers.has(Number(number % BigInt(prime))));
}

function powersOf(base: number, prime: number): ReadonlySet<number> {
  const powers = new Set<number>();
  for (let power = 1; !powers.has(power); power = (power * base) % prime) powers.add(power);
  return powers;
}
