import { writeFile } from 'node:fs/promises'
import { DomainError, messageOf } from '../shared/kernel/errors.ts'

/** Writes a page. @throws {DomainError} `file_not_writable` */
export async function writePage(path: string, page: string): Promise<void> {
  try {
    await writeFile(path, page)
  } catch (cause) {
    throw new DomainError('file_not_writable', `${path} cannot be written: ${messageOf(cause)}`, { cause })
  }
}
