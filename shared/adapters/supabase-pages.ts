import { PAGE_ROWS } from './supabase-client.ts'

/** Characters in one request; one row may have more. */
const REQUEST_CHARACTERS = 1_000_000

/**
 * Values in one request. The embedded server binds each as a parameter: more than 32,767 make it answer that all is well,
 * write nothing and lose the thread of what it says afterwards.
 */
const REQUEST_VALUES = 32_767

/** Rows in pages that one request can bear, in their order. */
export function* pagesOf<T extends object>(rows: readonly T[]): Generator<T[]> {
  let page: T[] = []
  let [values, characters] = [0, 0]
  for (const row of rows) {
    const [width, length] = [Object.keys(row).length, JSON.stringify(row).length]
    const isFull =
      page.length === PAGE_ROWS || values + width > REQUEST_VALUES || characters + length > REQUEST_CHARACTERS
    if (isFull && page.length > 0) {
      yield page
      page = []
      values = 0
      characters = 0
    }
    page.push(row)
    values += width
    characters += length
  }
  if (page.length > 0) yield page
}
