/** The part of s3rver that the tests use; the package brings no types. */
declare module 's3rver' {
  interface S3rverOptions {
    address: string
    port: number
    directory: string
    silent: boolean
    allowMismatchedSignatures?: boolean
    configureBuckets: readonly { name: string }[]
  }

  class S3rver {
    constructor(options: S3rverOptions)
    /** Resolves to the address it listens at. */
    run(): Promise<{ address: string; port: number }>
    close(): Promise<void>
  }

  export = S3rver
}
