/** Work that was started and that nobody waits for. */
export interface WorkUnderWay {
  /** Gives the work back. */
  note<T>(work: Promise<T>): Promise<T>
  /** Resolves when none is left, nor any that it has started. */
  settled(): Promise<void>
}

export function workUnderWay(): WorkUnderWay {
  const underWay = new Set<Promise<unknown>>()
  return {
    note(work) {
      const ended: Promise<unknown> = work.catch(() => undefined).finally(() => underWay.delete(ended))
      underWay.add(ended)
      return work
    },
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }
}
