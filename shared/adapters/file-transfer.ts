import { constants } from 'node:fs'
import { copyFile, rename, stat } from 'node:fs/promises'
import { UpstreamError } from '../kernel/errors.ts'
import type { FileTransfer } from '../lake/transfer.ts'
import { blamingFileSystem, ifMissing, pathOfKey, placeFile } from './file-system.ts'

/** A {@link FileTransfer} to and from the folder of a file object store; a copy for reading is the object itself. */
export function fileTransfer(root: string): FileTransfer {
  return {
    upload: (path, key) =>
      blamingFileSystem(() =>
        // A file system that can shares the blocks of the two files instead of copying them.
        placeFile(pathOfKey(root, key), (_, partial) => copyFile(path, partial, constants.COPYFILE_FICLONE), rename),
      ),
    localCopy: (key) =>
      blamingFileSystem(async () => {
        const path = pathOfKey(root, key)
        const entry = await stat(path).catch(ifMissing(undefined))
        if (entry?.isFile()) return path
        throw new UpstreamError('file system', `there is no object ${key} in ${root}`, { retryable: false })
      }),
  }
}
