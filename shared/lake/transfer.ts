/** Moves files between this machine's disk and where objects are kept, without holding them in memory. */
export interface FileTransfer {
  /** Puts a file of this machine in place as the object `key`, as a whole. */
  upload(path: string, key: string): Promise<void>
  /**
   * A path on this machine where the object's bytes can be read, below `scratch` where they had to be fetched. It is
   * for reading: it may be the object itself.
   *
   * @throws {UpstreamError} where there is no such object
   */
  localCopy(key: string, scratch: string): Promise<string>
}
