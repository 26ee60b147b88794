/** Something that a rehearsal says of the product, and what it found. */
export interface Claim {
  claim: string
  holds: boolean
  found: string
}

/** Collects claims; none of them ends the run, so that the report is whole. */
export function claims() {
  const made: Claim[] = []
  return {
    made,
    /** @param found  what was seen, in words or numbers */
    claim(text: string, holds: boolean, found: unknown): void {
      made.push({ claim: text, holds, found: typeof found === 'string' ? found : JSON.stringify(found) })
    },
  }
}
