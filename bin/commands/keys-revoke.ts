import type { Command } from 'commander'
import { revokeKey } from '../../shared/usecases/manage-keys.ts'
import { exitingWithCode } from '../failure.ts'
import { revokedText } from '../pages/keys-text.ts'
import { print } from './command.ts'
import type { KeyFlags } from './keys-place.ts'
import { keyCommand, openKeyPlace } from './keys-place.ts'

/** `keys revoke`. */
export function revokeKeyCommand(): Command {
  return keyCommand('revoke', 'Revoke a key for good.')
    .argument('<id>', 'the id of the key as listed, never the key itself')
    .action((id: string, flags: KeyFlags) =>
      exitingWithCode(async () => {
        const { summary, wasRevoked } = await revokeKey(await openKeyPlace(flags), id)
        print(flags, { revoked: !wasRevoked, ...summary }, () => revokedText(summary, wasRevoked))
      }),
    )
}
