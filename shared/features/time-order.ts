/** Whole numbers up to this are exact. */
const EXACT = 2 ** 53

/**
 * Positions of instants in ascending order; those of equal ones as `settle` compares them.
 *
 * Instant and position make one number where it is exact, so that most of the order comes from a sort of numbers, which
 * asks nobody. Milliseconds of a few decades and hundreds of thousands of positions are.
 */
export function timeOrder(instantsMs: Float64Array, settle: (a: number, b: number) => number): Uint32Array {
  const count = instantsMs.length
  const width = 2 ** Math.ceil(Math.log2(count + 1))
  let [earliest, latest, isWhole] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, true]
  for (let i = 0; i < count; i++) {
    const instant = instantsMs[i] as number
    if (instant < earliest) earliest = instant
    if (instant > latest) latest = instant
    if (Math.floor(instant) !== instant) isWhole = false
  }
  if (!(isWhole && (latest - earliest + 1) * width <= EXACT)) return comparedOrder(instantsMs, settle)
  const joint = new Float64Array(count)
  for (let i = 0; i < count; i++) joint[i] = ((instantsMs[i] as number) - earliest) * width + i
  joint.sort()
  const order = new Uint32Array(count)
  for (let i = 0; i < count; i++) {
    const number = joint[i] as number
    order[i] = number - Math.floor(number / width) * width
  }
  settleEqual(order, instantsMs, settle)
  return order
}

function comparedOrder(instantsMs: Float64Array, settle: (a: number, b: number) => number): Uint32Array {
  const order = Uint32Array.from(instantsMs.keys())
  return order.sort((a, b) => (instantsMs[a] as number) - (instantsMs[b] as number) || settle(a, b))
}

function settleEqual(order: Uint32Array, instantsMs: Float64Array, settle: (a: number, b: number) => number): void {
  const instantAt = (i: number) => instantsMs[order[i] as number]
  for (let begin = 0; begin < order.length; ) {
    let end = begin + 1
    while (end < order.length && instantAt(end) === instantAt(begin)) end += 1
    if (end - begin > 1) order.subarray(begin, end).sort(settle)
    begin = end
  }
}
