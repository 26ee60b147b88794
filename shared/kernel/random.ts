/** A seeded source of chance: equal seeds give equal sequences on every machine. */
export interface Rng {
  /** Uniform in [0, 1), with 32 random bits. */
  next(): number
  /** Uniform integer in [0, bound). */
  integer(bound: number): number
  /** Standard normal deviate (Box–Muller). */
  normal(): number
}

/**
 * Small fast counter generator sfc32 with a 128-bit state, seeded through splitmix32.
 *
 * @see C. Doty-Humphrey, PractRand, "sfc32"
 */
export function createRng(seed: number): Rng {
  const mix = splitmix32(seed)
  let a = mix()
  let b = mix()
  let c = mix()
  let counter = 1
  function next(): number {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    return (sum >>> 0) / 4294967296
  }
  for (let i = 0; i < 12; i++) next()
  return {
    next,
    integer: (bound) => Math.floor(next() * bound),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
  }
}

function splitmix32(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    let t = state ^ (state >>> 16)
    t = Math.imul(t, 0x21f0aaad)
    t ^= t >>> 15
    t = Math.imul(t, 0x735a2d97)
    return (t ^ (t >>> 15)) | 0
  }
}
