import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import { InvariantError, messageOf, UpstreamError } from '../kernel/errors.ts'
import type { ObjectStore } from '../kernel/ports.ts'

const PARTIAL = '.partial-'

/** An {@link ObjectStore} in a folder: a key is a path below it, with `/` between its parts. */
export function fileObjectStore(root: string): ObjectStore {
  const pathOf = (key: string) => {
    if (key.split('/').some((part) => part === '' || part === '.' || part === '..')) {
      throw new InvariantError(`object key ${key} is not a plain path`)
    }
    return join(root, ...key.split('/'))
  }
  return {
    get: (key) => translate(() => readFile(pathOf(key)).catch(ifMissing(undefined))),
    async put(key, body) {
      const path = pathOf(key)
      const partial = `${path}${PARTIAL}${randomUUID()}`
      await translate(async () => {
        await mkdir(dirname(path), { recursive: true })
        try {
          await writeDurably(partial, body)
          await rename(partial, path)
        } catch (cause) {
          await rm(partial, { force: true })
          throw cause
        }
      })
    },
    list: (prefix) =>
      translate(async () => {
        // Only the folder that the prefix names is read: the lake beside it has thousands of files.
        const folder = join(root, ...prefix.split('/').slice(0, -1))
        const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(ifMissing([]))
        return entries
          .filter((entry) => entry.isFile() && !entry.name.includes(PARTIAL))
          .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
          .filter((key) => key.startsWith(prefix))
          .sort()
      }),
  }
}

/** Written and flushed before it gets its name, so that a crash leaves the old object or the new one. */
async function writeDurably(path: string, body: Uint8Array | string): Promise<void> {
  const file = await open(path, 'w')
  try {
    await file.writeFile(body)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A folder in the way, or a file where a folder would be, is no object either: a bucket knows no folders. */
const MISSING: readonly unknown[] = ['ENOENT', 'EISDIR', 'ENOTDIR']

function ifMissing<T>(value: T): (thrown: NodeJS.ErrnoException) => T {
  return (thrown) => {
    if (MISSING.includes(thrown.code)) return value
    throw thrown
  }
}

async function translate<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof InvariantError) throw cause
    throw new UpstreamError('file system', messageOf(cause), { retryable: false, cause })
  }
}
