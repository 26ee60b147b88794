/**
 * The three ways things go wrong. Who is at fault decides the class, and the class decides what happens next:
 * the caller's data is answered (4xx, never retried), a vendor is retried or waited for, our own bug raises an alarm.
 */

/** The caller's data cannot be used. Never retried: the same data fails the same way. */
export class DomainError extends Error {
  override readonly name = 'DomainError'
  /** Stable snake_case literal that clients and tests may compare. */
  readonly code: string
  /** Path of the offending field in the caller's data, when one field is to blame. */
  readonly field: string | undefined

  constructor(code: string, message: string, options: ErrorOptions & { field?: string } = {}) {
    super(message, options)
    this.code = code
    this.field = options.field
  }
}

/** A system that we depend on failed or answered nonsense. */
export class UpstreamError extends Error {
  override readonly name = 'UpstreamError'
  readonly vendor: string
  /** Whether the same call may succeed later. */
  readonly retryable: boolean
  /** A sentence fit for callers from outside; the message itself is for our log only. */
  readonly explanation: string | undefined

  constructor(
    vendor: string,
    message: string,
    options: ErrorOptions & { retryable?: boolean; explanation?: string } = {},
  ) {
    super(message, options)
    this.vendor = vendor
    this.retryable = options.retryable ?? true
    this.explanation = options.explanation
  }
}

/** Something that our own code promised is not so. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
}

/** Throws {@link InvariantError} unless `condition` holds. */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message)
}

/** The message of anything thrown, for adapters that wrap it as a cause. */
export function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message
  // WebAssembly file systems throw plain objects: `{ name: 'ErrnoError', errno: 20 }`.
  return typeof thrown === 'object' ? JSON.stringify(thrown) : String(thrown)
}
