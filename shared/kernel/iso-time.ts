/**
 * Makes a writer of instants, as ISO 8601 in UTC to the millisecond. It remembers the last one: in a busy process many
 * lines are of one millisecond.
 *
 * @returns a function of milliseconds since the epoch; throws a RangeError where they are no instant, as `Date` does
 */
export function createIsoWriter(): (ms: number) => string {
  let lastMs = Number.NaN
  let last = ''
  return (ms) => {
    if (ms === lastMs) return last
    last = new Date(ms).toISOString()
    lastMs = ms
    return last
  }
}
