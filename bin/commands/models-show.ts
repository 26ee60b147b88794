import type { Command } from 'commander'
import { versionNamed } from '../../shared/usecases/move-champion.ts'
import { renderModelPage } from '../pages/model-page.ts'
import { modelText } from '../pages/model-text.ts'
import { writePage } from '../write-page.ts'
import type { WorkspaceFlags } from './command.ts'
import { print, withWorkspace, workspaceCommand } from './command.ts'

interface ShowFlags extends WorkspaceFlags {
  html?: string
}

/** `models show`. */
export function showModelCommand(): Command {
  return workspaceCommand('show', 'Show the card of a version: what it is, what it was held against, and how it did.')
    .argument('[version]', 'a version as listed, champion or challenger', 'champion')
    .option('--html <file>', 'write the card as a page')
    .action((name: string, flags: ShowFlags) =>
      withWorkspace(flags, async ({ registry }) => {
        const { manifest } = await registry.load(await versionNamed(registry, name))
        const moves = (await registry.moves()).filter(({ version }) => version === manifest.version)
        const aliases = await Promise.all([registry.alias('champion'), registry.alias('challenger')])
        const standing = aliases.filter((alias) => alias?.version === manifest.version).flatMap((a) => a ?? [])
        const card = { manifest, standing, moves }
        if (flags.html !== undefined) await writePage(flags.html, renderModelPage(card))
        print(flags, { ...manifest, aliases: standing, moves }, () =>
          [modelText(card), ...(flags.html === undefined ? [] : ['', `The page is in ${flags.html}.`])].join('\n'),
        )
      }),
    )
}
