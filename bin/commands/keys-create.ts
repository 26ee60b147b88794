import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'
import * as z from 'zod'
import type { Scope } from '../../shared/access/client.ts'
import { SCOPES } from '../../shared/access/client.ts'
import { createKey } from '../../shared/usecases/manage-keys.ts'
import { exitingWithCode } from '../failure.ts'
import { newKeyText } from '../pages/keys-text.ts'
import { print } from './command.ts'
import type { KeyFlags } from './keys-place.ts'
import { keyCommand, openKeyPlace } from './keys-place.ts'

interface CreateFlags extends KeyFlags {
  name: string
  scopes: Scope[]
  expires?: Expiry
}

/** `keys create`. */
export function createKeyCommand(): Command {
  return keyCommand('create', 'Make a key and show it, this once.')
    .requiredOption('--name <text>', 'what it is for or whose it is, for the list')
    .requiredOption('--scopes <list>', `what it is good for, apart by commas: ${SCOPES.join(', ')}`, parseScopes)
    .option('--expires <when>', 'after so long, as 90d or 12h, or at an instant or day of UTC in ISO 8601', parseExpiry)
    .action((flags: CreateFlags) =>
      exitingWithCode(async () => {
        const { name, scopes, expires } = flags
        const deps = await openKeyPlace(flags)
        const { key, summary } = await createKey(deps, { name, scopes, expiresAtMs: expiryMs(expires, deps.clock()) })
        print(flags, { key, ...summary }, () => newKeyText(key, summary))
      }),
    )
}

function parseScopes(text: string): Scope[] {
  return text.split(',').map((part) => {
    const scope = SCOPES.find((known) => known === part.trim())
    if (scope === undefined) throw new InvalidArgumentError(`scopes are ${SCOPES.join(', ')}, apart by commas.`)
    return scope
  })
}

/** When a key ends: so long after it is made, or at an instant, in milliseconds. */
type Expiry = { afterMs: number } | { atMs: number }

const HOUR_MS = 3_600_000
const SPAN = /^(\d{1,5})([hd])$/
const instantSchema = z.union([z.iso.datetime({ offset: true }), z.iso.date()])

function parseExpiry(text: string): Expiry {
  const [, count, unit] = SPAN.exec(text) ?? []
  if (count !== undefined) return { afterMs: Number(count) * HOUR_MS * (unit === 'd' ? 24 : 1) }
  const instant = instantSchema.safeParse(text)
  if (instant.success) return { atMs: Date.parse(instant.data) }
  throw new InvalidArgumentError('a span such as 90d or 12h, a day, or an instant such as 2027-01-31T18:00:00Z.')
}

function expiryMs(expiry: Expiry | undefined, nowMs: number): number | undefined {
  if (expiry === undefined) return undefined
  return 'atMs' in expiry ? expiry.atMs : nowMs + expiry.afterMs
}
