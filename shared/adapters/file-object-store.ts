import type { BigIntStats } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'
import { link, open, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { ObjectStore, TaggedObject, TaggedReader } from '../kernel/ports.ts'
import { blamingFileSystem, codeOf, ifMissing, isPartial, pathOfKey, placeFile } from './file-system.ts'

/**
 * An {@link ObjectStore} in a folder: a key is a path below it, with `/` between its parts. A tag is made of what the
 * file system says of a file, so that an object that has not changed is not even opened.
 */
export function fileObjectStore(folder: string): ObjectStore & TaggedReader {
  const root = resolve(folder)
  return {
    get: (key) => blamingFileSystem(() => readFile(pathOfKey(root, key)).catch(ifMissing(undefined))),
    getTagged: (key, knownTag) => blamingFileSystem(() => readTagged(pathOfKey(root, key), knownTag)),
    put: (key, body) =>
      blamingFileSystem(() => placeFile(pathOfKey(root, key), (file) => writeTagged(file, body), rename)),
    putNew: (key, body) =>
      blamingFileSystem(() => placeFile(pathOfKey(root, key), (file) => writeTagged(file, body), linkNew)),
    list: (prefix) =>
      blamingFileSystem(async () => {
        // Only the folder that the prefix names is read: the lake beside it has thousands of files.
        const paths = await filesBelow(join(root, ...prefix.split('/').slice(0, -1)))
        return paths
          .map((path) => relative(root, path).split(sep).join('/'))
          .filter((key) => key.startsWith(prefix))
          .sort()
      }),
    remove: (keys) =>
      blamingFileSystem(async () => {
        const paths = keys.map((key) => pathOfKey(root, key))
        for (const path of paths) await rm(path, { force: true }).catch(ifMissing(undefined))
        for (const emptied of new Set(paths.map(dirname))) await prune(emptied, root)
      }),
  }
}

async function readTagged(path: string, knownTag: string | undefined): Promise<TaggedObject | 'unchanged' | undefined> {
  if (knownTag !== undefined) {
    const entry = await stat(path, { bigint: true }).catch(ifMissing(undefined))
    if (entry?.isFile() && tagOf(entry) === knownTag) return 'unchanged'
  }
  // The name may be given to another file meanwhile: tag and bytes are those of the one that is open.
  const file = await open(path).catch(ifMissing(undefined))
  try {
    const entry = await file?.stat({ bigint: true })
    if (file === undefined || !entry?.isFile()) return undefined
    return { body: await file.readFile(), tag: tagOf(entry) }
  } finally {
    await file?.close()
  }
}

/**
 * Every put makes a file of its own, with an inode that the one before it cannot have. One after that may have it
 * again: the time tells the two apart.
 */
function tagOf({ ino, size, mtimeNs }: BigIntStats): string {
  return `${ino}-${size}-${mtimeNs}`
}

/** Writes a file that has a time of its own: the clock that many a file system goes by stands still for milliseconds. */
async function writeTagged(file: FileHandle, body: Uint8Array | string): Promise<void> {
  await file.writeFile(body)
  const now = (performance.timeOrigin + performance.now()) / 1000
  await file.utimes(now, now)
}

/** Gives a file a second name unless something bears it already: unlike a rename, a link replaces nothing. */
async function linkNew(partial: string, path: string): Promise<boolean> {
  try {
    await link(partial, path)
    return true
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST' && (await stat(path)).isFile()) return false
    throw thrown
  }
}

/** Paths of the whole files below a folder; a folder that vanishes meanwhile has none. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(ifMissing([]))
  const nested = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return filesBelow(path)
      return entry.isFile() && !isPartial(entry.name) ? [path] : []
    }),
  )
  return nested.flat()
}

/** What `rmdir` says of a folder that is not empty, or not there, or no folder. */
const STAYS: readonly unknown[] = ['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR']

/** Removes a folder below `root` that is empty, and then those above that have become so. */
async function prune(folder: string, root: string): Promise<void> {
  if (!folder.startsWith(root + sep)) return
  try {
    await rmdir(folder)
  } catch (thrown) {
    const code = codeOf(thrown)
    if (!STAYS.includes(code)) throw thrown
    if (code !== 'ENOENT') return
  }
  await prune(dirname(folder), root)
}
