import { AWS_TIMEOUTS } from '../../shared/config/aws-timeouts.ts'
import type { Clock, MetricsPage } from '../../shared/kernel/ports.ts'

/**
 * The metrics of all environments of the functions, as CloudWatch has added them up. Most requests never ask: the vendor's
 * code is read when one first does.
 */
export function cloudwatchPage(clock: Clock): MetricsPage {
  let opening: Promise<MetricsPage> | undefined
  async function open() {
    const [{ CloudWatchClient }, { cloudwatchMetricsPage }] = await Promise.all([
      import('@aws-sdk/client-cloudwatch'),
      import('../../shared/adapters/cloudwatch-metrics-page.ts'),
    ])
    return cloudwatchMetricsPage(new CloudWatchClient(AWS_TIMEOUTS), { clock })
  }
  return {
    async page() {
      opening ??= open()
      return (await opening).page()
    },
  }
}
