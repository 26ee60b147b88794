import { Command } from 'commander'
import { listKeys } from '../../shared/usecases/manage-keys.ts'
import { exitingWithCode, exitOnUsage } from '../failure.ts'
import { keyListText } from '../pages/keys-text.ts'
import { print } from './command.ts'
import { createKeyCommand } from './keys-create.ts'
import type { KeyFlags } from './keys-place.ts'
import { keyCommand, openKeyPlace } from './keys-place.ts'
import { revokeKeyCommand } from './keys-revoke.ts'

export function keysCommand(): Command {
  const command = new Command('keys')
    .description('API keys: make them, see them, revoke them.')
    .addHelpText(
      'after',
      '\nKeys of this machine are those of its data directory; --bucket with --pepper-parameter tells of an installation' +
        '\non AWS. A server that runs takes up what has changed within a minute.',
    )
  command.addCommand(listCommand().exitOverride(exitOnUsage), { isDefault: true })
  for (const other of [createKeyCommand(), revokeKeyCommand()]) command.addCommand(other.exitOverride(exitOnUsage))
  return command
}

function listCommand(): Command {
  return keyCommand('list', 'What keys does by itself: list the keys, the newest first, without their text.').action(
    (flags: KeyFlags) =>
      exitingWithCode(async () => {
        const keys = await listKeys(await openKeyPlace(flags))
        print(flags, { keys }, () => keyListText(keys))
      }),
  )
}
