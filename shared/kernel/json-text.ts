/** The value of a JSON text; undefined where it is none, which the schema that it is held against then refuses. */
export function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
