import type { ApiKey } from './api-key.ts'

/** Turns keys into hashes that only holders of this installation's pepper can compute. Synchronous: no request waits. */
export interface KeyHasher {
  /**
   * Tells one pepper from another: 8 lower-case hex digits that depend on the pepper alone and do not lead back to it.
   * A hash made with another pepper never fits again.
   */
  readonly pepperId: string
  /** 32 bytes. */
  hash(key: ApiKey): Uint8Array
  /** Whether two hashes are the same, in a time that does not depend on where they differ. */
  isEqual(a: Uint8Array, b: Uint8Array): boolean
}

/** What keys are made of. */
export interface KeyMaterial extends KeyHasher {
  /** Bytes that nobody can guess. */
  randomBytes(count: number): Uint8Array
}
