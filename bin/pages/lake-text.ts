import type { LakeDescription, PartitionStatistics } from '../../shared/usecases/describe-lake.ts'
import { bold, table } from '../terminal.ts'
import { count } from './figures.ts'
import { bytes } from './pipeline-text.ts'

const HEADER = ['sport', 'months', 'files', 'bets', 'settled', 'no price', 'findings', 'bytes']

/** What the lake holds, for a terminal: a line a sport, or a line a partition. */
export function lakeText(lake: LakeDescription, everyPartition: boolean): string[] {
  const lines = everyPartition ? lake.partitions : lake.sports
  return [
    bold(`State ${lake.sequence}, run ${lake.runId}, published ${lake.publishedAt}`),
    `${count(lake.bets)} bets in ${count(lake.partitions.length)} partitions, ${bytes(lake.bytes)} with ${lake.keyFiles} key files`,
    '',
    table([HEADER, ...lines.map(row)]),
  ]
}

function row(line: PartitionStatistics): string[] {
  const { sport, fromMonth, toMonth, partitions, bets, settled, withoutPrice, findings } = line
  const months = fromMonth === toMonth ? fromMonth : `${fromMonth} to ${toMonth}`
  return [
    sport ?? 'none named',
    months,
    ...[partitions, bets, settled, withoutPrice, findings].map(count),
    bytes(line.bytes),
  ]
}
