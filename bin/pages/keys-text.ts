import type { ApiKey } from '../../shared/access/api-key.ts'
import type { KeySummary } from '../../shared/usecases/manage-keys.ts'
import { table } from '../terminal.ts'
import { minuteOf } from './model-figures.ts'

/** A new key, on a line of its own so that it can be copied, and what to do with it. */
export function newKeyText(key: ApiKey, { id, name, scopes, expiresAt }: KeySummary): string {
  const until = expiresAt === null ? 'without end' : `until ${minuteOf(expiresAt)}`
  return [
    key,
    '',
    `This is the key ${id}, ${name}: good for ${scopes.join(', ')}, ${until}. It is shown this once and kept nowhere: put it`,
    'where only its user reads it, and send it in the header x-api-key. A server that runs knows it within a minute.',
  ].join('\n')
}

/** All keys with how each stands. */
export function keyListText(keys: readonly KeySummary[]): string {
  if (keys.length === 0) return 'There are no keys yet: closeline keys create --name NAME --scopes read,predict'
  const rows = keys.map(({ id, state, scopes, createdAt, expiresAt, revokedAt, name }) => {
    const end = revokedAt ?? expiresAt
    return [id, state, scopes.join(','), minuteOf(createdAt), end === null ? '-' : minuteOf(end), name]
  })
  const orphans = keys.filter(({ state }) => state === 'orphaned').length
  return [
    table([['id', 'state', 'scopes', 'created', 'ends', 'name'], ...rows], 6),
    ...(orphans === 0 ? [] : ['orphaned: made with another pepper than the one here, and so never to hold again']),
  ].join('\n')
}

/** What came of a revocation. */
export function revokedText({ id, name, revokedAt }: KeySummary, wasRevoked: boolean): string {
  const when = minuteOf(revokedAt ?? '')
  if (wasRevoked) return `The key ${id}, ${name}, was revoked already, ${when}: nothing was changed.`
  return `The key ${id}, ${name}, is revoked for good. A server that runs refuses it within a minute.`
}
