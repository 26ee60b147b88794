/** Uploads under way at once. */
const AT_ONCE = 8

/** Uploads that go on beside other work, a few at a time. */
export interface Uploads {
  /** Begins an upload as soon as there is room for it. @throws what an earlier one failed of */
  add(upload: () => Promise<void>): Promise<void>
  /** Waits for all. @throws what one failed of */
  settled(): Promise<void>
}

export function createUploads(): Uploads {
  const underWay = new Set<Promise<void>>()
  let failure: { thrown: unknown } | undefined

  function assertNoneFailed(): void {
    if (failure !== undefined) throw failure.thrown
  }

  function begin(upload: () => Promise<void>): void {
    const running = upload()
      .catch((thrown: unknown) => {
        failure ??= { thrown }
      })
      .finally(() => underWay.delete(running))
    underWay.add(running)
  }

  return {
    async add(upload) {
      while (underWay.size >= AT_ONCE) await Promise.race(underWay)
      assertNoneFailed()
      begin(upload)
    },
    async settled() {
      await Promise.all(underWay)
      assertNoneFailed()
    },
  }
}
