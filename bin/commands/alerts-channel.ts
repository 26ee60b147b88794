import { text } from 'node:stream/consumers'
import { Command } from 'commander'
import { DomainError } from '../../shared/kernel/errors.ts'
import type { AlertSettings } from '../alert-channels.ts'
import { readAlertSettings, writeAlertSettings } from '../alert-channels.ts'
import { exitingWithCode, exitOnUsage } from '../failure.ts'
import { alertChannelsText } from '../pages/alerts-text.ts'
import { openDataDirectory } from '../workspace/data-directory.ts'
import type { WorkspaceFlags } from './command.ts'
import { print, workspaceCommand } from './command.ts'

/** `alerts channel`: which there are, one more, one less. Secrets come by standard input and are shown no more. */
export function channelCommand(): Command {
  const command = new Command('channel').description('Channels of this machine: list them, set one up, remove one.')
  const commands = [listCommand(), telegramCommand(), n8nCommand(), snsCommand(), removeCommand()]
  for (const [i, each] of commands.entries()) command.addCommand(each.exitOverride(exitOnUsage), { isDefault: i === 0 })
  return command
}

function listCommand(): Command {
  return workspaceCommand('list', 'What channel does by itself: list the channels, without their secrets.').action(
    (flags: WorkspaceFlags) => change(flags, (settings) => settings),
  )
}

function telegramCommand(): Command {
  return workspaceCommand('telegram', 'Write into a Telegram chat.')
    .requiredOption('--token-stdin', 'read the bot’s token from standard input')
    .requiredOption('--chat <id>', 'number of the chat, or @name of a channel')
    .option('--url <url>', 'server of the Bot API, where it is not Telegram’s own')
    .action((flags: WorkspaceFlags & { chat: string; url?: string }) =>
      change(flags, async (settings) => {
        const token = await readSecret('the bot’s token')
        const telegram = { token, chatId: flags.chat, ...(flags.url === undefined ? {} : { url: guarded(flags.url) }) }
        return { ...settings, telegram }
      }),
    )
}

function n8nCommand(): Command {
  return workspaceCommand('n8n', 'Call a webhook of n8n.')
    .requiredOption('--url <url>', 'the webhook’s address')
    .requiredOption(
      '--secret-stdin',
      'read the secret that signs the calls from standard input; 16 characters at least',
    )
    .action((flags: WorkspaceFlags & { url: string }) =>
      change(flags, async (settings) => {
        return { ...settings, n8n: { url: guarded(flags.url), secret: await readSecret('the secret') } }
      }),
    )
}

function snsCommand(): Command {
  return workspaceCommand('sns', 'Publish on a topic of SNS, with the AWS credentials of whoever runs npm start.')
    .requiredOption('--topic <arn>', 'the topic')
    .requiredOption('--region <name>', 'where it is')
    .option('--url <url>', 'server that speaks SNS, where it is not AWS’ own')
    .action((flags: WorkspaceFlags & { topic: string; region: string; url?: string }) =>
      change(flags, (settings) => {
        const { topic: topicArn, region, url } = flags
        return { ...settings, sns: { topicArn, region, ...(url === undefined ? {} : { url: guarded(url) }) } }
      }),
    )
}

const REMOVABLE = ['telegram', 'n8n', 'sns'] as const

function removeCommand(): Command {
  return workspaceCommand('remove', 'Remove a channel and its secret.')
    .argument('<name>', 'telegram, n8n or sns')
    .action((name: string, flags: WorkspaceFlags) =>
      change(flags, (settings) => {
        const known = REMOVABLE.find((each) => each === name)
        if (known === undefined || settings[known] === undefined) {
          throw new DomainError('channel_unknown', `no channel ${name} is set up here`)
        }
        const { [known]: _, ...rest } = settings
        return rest
      }),
    )
}

type Change = (
  settings: AlertSettings,
) => Parameters<typeof writeAlertSettings>[1] | Promise<Parameters<typeof writeAlertSettings>[1]>

function change(flags: WorkspaceFlags, next: Change): Promise<void> {
  return exitingWithCode(async () => {
    const { root } = await openDataDirectory(flags.data, { fresh: false })
    const before = await readAlertSettings(root)
    const after = await next(before)
    if (after !== before) await writeAlertSettings(root, after)
    const channels = withoutSecrets(await readAlertSettings(root))
    print(flags, { channels }, () => alertChannelsText(channels))
  })
}

/** What of the settings may be shown: of an address the server alone, for its path may be the secret. */
function withoutSecrets({ telegram, n8n, sns, quiet }: AlertSettings): Record<string, string> {
  return {
    console: 'a line on standard error of npm start',
    ...(telegram === undefined ? {} : { telegram: `chat ${telegram.chatId} at ${new URL(telegram.url).host}` }),
    ...(n8n === undefined ? {} : { n8n: `webhook at ${new URL(n8n.url).host}` }),
    ...(sns === undefined ? {} : { sns: sns.topicArn }),
    ...(quiet === undefined ? {} : { 'quiet hours': `${quiet.hours} ${quiet.timeZone}` }),
  }
}

async function readSecret(what: string): Promise<string> {
  const secret = (await text(process.stdin)).trim()
  if (secret === '') throw new DomainError('secret_missing', `${what} is expected on standard input`)
  return secret
}

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/

/** Secrets go out encrypted, or to this machine itself. @throws {DomainError} `channel_invalid` */
function guarded(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol === 'https:') return url
  if (parsed?.protocol === 'http:' && LOOPBACK.test(parsed.hostname)) return url
  throw new DomainError('channel_invalid', 'an address is https://…, or http:// of this machine')
}
