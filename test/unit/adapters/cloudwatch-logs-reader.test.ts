import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  ResourceNotFoundException,
} from '@aws-sdk/client-cloudwatch-logs'
import { mockClient } from 'aws-sdk-client-mock'
import { describe, expect, it } from 'vitest'
import { cloudwatchLogsReader } from '../../../shared/adapters/cloudwatch-logs-reader.ts'

const GROUP = '/aws/lambda/closeline-dev-prediction'

function opened() {
  const client = new CloudWatchLogsClient({ region: 'eu-central-1' })
  const requests = mockClient(client)
  return { requests, read: () => cloudwatchLogsReader(client).read(GROUP, 1000.5) }
}

const event = (eventId: string, timestamp: number, logStreamName: string) => ({
  ...{ eventId, timestamp, logStreamName, message: `${eventId}\n` },
})

describe('lines in CloudWatch Logs', () => {
  it('are read page by page, told with their version, and ordered by time', async () => {
    const { requests, read } = opened()
    requests
      .on(FilterLogEventsCommand)
      .resolvesOnce({ events: [event('b', 2000, '2026/03/01/[8]0a1b2c')], nextToken: 'more' })
      .resolves({ events: [event('a', 1500, '2026/03/01/[$LATEST]0a1b2c'), event('c', 3000, 'some-stream')] })
    expect(await read()).toEqual([
      { id: 'a', atMs: 1500, version: '$LATEST', text: 'a' },
      { id: 'b', atMs: 2000, version: '8', text: 'b' },
      { id: 'c', atMs: 3000, version: null, text: 'c' },
    ])
    const asked = requests.commandCalls(FilterLogEventsCommand).map(({ args }) => args[0].input)
    expect(asked).toMatchObject([{ logGroupName: GROUP, startTime: 1000 }, { nextToken: 'more' }])
  })

  it('are none where the group does not exist yet', async () => {
    const { requests, read } = opened()
    requests.on(FilterLogEventsCommand).rejects(new ResourceNotFoundException({ message: 'no group', $metadata: {} }))
    expect(await read()).toEqual([])
  })

  it('cannot be read where CloudWatch refuses', async () => {
    const { requests, read } = opened()
    requests.on(FilterLogEventsCommand).rejects(new Error('down'))
    await expect(read()).rejects.toMatchObject({ vendor: 'CloudWatch Logs', message: 'down' })
  })
})
