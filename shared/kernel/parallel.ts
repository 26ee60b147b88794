/** Calls that are under way at a time. */
const AT_A_TIME = 32

/** The results of `work` for all items, in their order, so many at a time; the first failure is that of all. */
export async function mapInParallel<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
  atATime: number = AT_A_TIME,
): Promise<R[]> {
  const results: R[] = []
  for (let begin = 0; begin < items.length; begin += atATime) {
    results.push(...(await Promise.all(items.slice(begin, begin + atATime).map(work))))
  }
  return results
}
