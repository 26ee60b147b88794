import { writeFile } from 'node:fs/promises'
import { format, parse } from 'node:path'
import { DomainError, messageOf } from '../shared/kernel/errors.ts'
import type { MendableFile } from '../shared/quality/mendable-file.ts'

/**
 * Writes files for a person to mend: one to the path itself, several to numbered paths beside it.
 *
 * @throws {DomainError} `file_not_writable`, also where a file stands there already: it may be mended in part
 */
export async function writeMendableFiles(path: string, files: readonly MendableFile[]): Promise<string[]> {
  const { dir, name, ext } = parse(path)
  const paths = files.map((_, i) => (files.length === 1 ? path : format({ dir, name: `${name}-${i + 1}`, ext })))
  for (const [i, file] of files.entries()) await writeNew(paths[i] ?? path, file.text)
  return paths
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' })
  } catch (cause) {
    const exists = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST'
    const why = exists ? 'there is such a file already' : messageOf(cause)
    throw new DomainError('file_not_writable', `cannot write ${path}: ${why}`, { cause })
  }
}
