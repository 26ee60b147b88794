import { randomUUID } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { mkdir, open, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { InvariantError, messageOf, UpstreamError } from '../kernel/errors.ts'
import { keyParts } from '../kernel/object-key.ts'

const PARTIAL = '.partial-'

/** Whether a file is one that was being written, or whose writing was killed. */
export function isPartial(name: string): boolean {
  return name.includes(PARTIAL)
}

/** Where the object `key` is kept below `root`. @throws {InvariantError} where the key is not a plain path */
export function pathOfKey(root: string, key: string): string {
  return join(root, ...keyParts(key))
}

/** Runs work on files. @throws {UpstreamError} where the file system refuses */
export async function blamingFileSystem<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof InvariantError || cause instanceof UpstreamError) throw cause
    throw new UpstreamError('file system', messageOf(cause), { retryable: false, cause })
  }
}

/** A folder in the way, or a file where a folder would be, is no object either: a bucket knows no folders. */
const MISSING: readonly unknown[] = ['ENOENT', 'EISDIR', 'ENOTDIR', 'ERR_FS_EISDIR']

/** A handler of rejections: `value` where no such file was there. */
export function ifMissing<T>(value: T): (thrown: unknown) => T {
  return (thrown) => {
    if (MISSING.includes(codeOf(thrown))) return value
    throw thrown
  }
}

/** The code of an error of the file system, such as `ENOENT`. */
export function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
}

/**
 * Puts a file in place as a whole, so that a crash at any moment leaves what was there before or the new file.
 *
 * @param fill    writes the bytes to a file beside the place
 * @param settle  gives that file, flushed to the disk by then, the name `path`; what it returns is passed on
 */
export async function placeFile<T>(
  path: string,
  fill: (file: FileHandle, partial: string) => Promise<void>,
  settle: (partial: string, path: string) => Promise<T>,
): Promise<T> {
  const partial = `${path}${PARTIAL}${randomUUID()}`
  const { file, newFolder } = await createWithFolder(partial)
  try {
    try {
      await fill(file, partial)
      await file.sync()
    } finally {
      await file.close()
    }
    const settled = await settle(partial, path)
    await flushName(path, newFolder)
    return settled
  } finally {
    await rm(partial, { force: true })
  }
}

const MOST_TRIES = 10

async function createWithFolder(path: string): Promise<{ file: FileHandle; newFolder: string | undefined }> {
  for (let tries = 1; ; tries++) {
    try {
      const newFolder = await mkdir(dirname(path), { recursive: true })
      return { file: await open(path, 'wx'), newFolder }
    } catch (thrown) {
      // A removal at the same time prunes folders that are empty, as this one is until the file is there.
      if (tries === MOST_TRIES || codeOf(thrown) !== 'ENOENT') throw thrown
    }
  }
}

/**
 * Flushes the folder that bears a new name, without which a crash may lose the name of a file that is safe itself.
 *
 * @param newFolder  the outermost folder made for it: a folder's own name stands in the one above
 */
export async function flushName(path: string, newFolder: string | undefined): Promise<void> {
  const last = dirname(resolve(newFolder ?? path))
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    await flushFolder(folder)
    if (folder === last || folder === dirname(folder)) return
  }
}

async function flushFolder(folder: string): Promise<void> {
  // Windows opens no folder, and writes names through by itself.
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r').catch(ifMissing(undefined))
  if (handle === undefined) return
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
