import type { ChannelName } from './channel.ts'
import type { AlertMessage } from './message.ts'

/** Takes alerts to where somebody, or something, reads them. */
export interface AlertSink {
  readonly name: ChannelName
  /**
   * Sends one message. Where it fails it is not known whether the message arrived: another try may send it twice.
   *
   * @returns `sent`, or how long the channel asks to be left alone
   * @throws {UpstreamError} where it was not taken; retryable where another try may help. No error bears a secret
   */
  send(message: AlertMessage): Promise<'sent' | { retryAfterMs: number }>
}
