import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { UpstreamError } from '../../shared/kernel/errors.ts'
import { keyParts } from '../../shared/kernel/object-key.ts'
import type { ObjectStore } from '../../shared/kernel/ports.ts'
import type { FileTransfer } from '../../shared/lake/transfer.ts'

/** A file transfer to and from any object store, through memory. */
export function memoryFileTransfer(objects: ObjectStore): FileTransfer {
  return {
    upload: async (path, key) => {
      keyParts(key)
      await objects.put(key, await readFile(path).catch(refuse))
    },
    async localCopy(key, scratch) {
      const path = join(scratch, ...keyParts(key))
      const body = await objects.get(key)
      if (body === undefined) return refuse(`there is no object ${key}`)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, body)
      return path
    },
  }
}

function refuse(reason: unknown): never {
  throw new UpstreamError('memory', String(reason), { retryable: false })
}
