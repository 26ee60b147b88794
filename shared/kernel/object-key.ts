import { invariant } from './errors.ts'

/**
 * The parts of an object key that is to become a path on a disk.
 *
 * @throws {InvariantError} where the path would lead elsewhere: an empty part, `.` or `..`
 * @example keyParts('models/a/manifest.json') // ['models', 'a', 'manifest.json']
 */
export function keyParts(key: string): string[] {
  const parts = key.split('/')
  const isPlain = parts.every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0'))
  invariant(isPlain, `object key ${key} is not a plain path`)
  return parts
}
