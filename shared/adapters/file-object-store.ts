import { link, readdir, readFile, rename, rm, rmdir, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { ObjectStore } from '../kernel/ports.ts'
import { blamingFileSystem, codeOf, ifMissing, isPartial, pathOfKey, placeFile } from './file-system.ts'

/** An {@link ObjectStore} in a folder: a key is a path below it, with `/` between its parts. */
export function fileObjectStore(folder: string): ObjectStore {
  const root = resolve(folder)
  return {
    get: (key) => blamingFileSystem(() => readFile(pathOfKey(root, key)).catch(ifMissing(undefined))),
    put: (key, body) =>
      blamingFileSystem(() => placeFile(pathOfKey(root, key), (file) => file.writeFile(body), rename)),
    putNew: (key, body) =>
      blamingFileSystem(() => placeFile(pathOfKey(root, key), (file) => file.writeFile(body), linkNew)),
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
