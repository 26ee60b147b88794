import { invariant } from '../kernel/errors.ts'
import type { GroupName } from './groups.ts'
import { GROUPS } from './groups.ts'
import type { NamedField, Vocabulary } from './vocabulary.ts'
import { CODE_LIMIT } from './vocabulary.ts'

/** Groups whose key is made of names alone. */
export type NamedGroup = {
  [G in GroupName]: (typeof GROUPS)[G] extends readonly [NamedField, ...NamedField[]] ? G : never
}[GroupName]

/**
 * The names that a key of a group was made from, in the order of the group's fields: the inverse of
 * {@link import('./state.ts').groupKeys}.
 *
 * @throws {InvariantError} where a code in the key has no name
 */
export function namesOfKey(vocabulary: Vocabulary, group: NamedGroup, key: number): string[] {
  let rest = key
  const names = GROUPS[group].toReversed().map((field) => {
    const name = vocabulary[field].names[(rest % CODE_LIMIT) - 1]
    invariant(name !== undefined, `key ${key} of ${group} has no ${field}`)
    rest = Math.floor(rest / CODE_LIMIT)
    return name
  })
  invariant(rest === 0, `key ${key} of ${group} has more than ${names.length} codes`)
  return names.reverse()
}
