/** What a deployment says of a function, with all references resolved. */
export interface FunctionSpec {
  name: string
  /** Number of a published version, or `$LATEST`. */
  version: string
  /** Folder of the synthesized asset. */
  assetFolder: string
  /** @example 'index.handler' */
  handler: string
  /** Everything but what Lambda itself sets. */
  environment: Record<string, string>
  timeoutMs: number
  memoryMb: number
  /** Invocations at once, at most; undefined where the account's limit is all. */
  reservedConcurrency: number | undefined
  roleArn: string
}

export const LATEST = '$LATEST'
