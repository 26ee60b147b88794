import { Stack } from 'aws-cdk-lib'
import { CfnDatabase, CfnTable } from 'aws-cdk-lib/aws-glue'
import type { IBucket } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import type { Stage } from '../../shared/config/stage.ts'
import { databaseName } from './names.ts'
import type { LakeTable } from './tables.ts'
import { LAKE_TABLES } from './tables.ts'

const HIVE = 'org.apache.hadoop.hive.ql.io'
const PARQUET_SERDE = `${HIVE}.parquet.serde.ParquetHiveSerDe`
const TEXT_OUTPUT = `${HIVE}.HiveIgnoreKeyTextOutputFormat`

/** How Hive reads the files of a table. */
const FORMATS: Readonly<Record<LakeTable['reads'], { input: string; output: string; serde: string }>> = {
  parquet: {
    input: `${HIVE}.parquet.MapredParquetInputFormat`,
    output: `${HIVE}.parquet.MapredParquetOutputFormat`,
    serde: PARQUET_SERDE,
  },
  manifests: { input: `${HIVE}.SymlinkTextInputFormat`, output: TEXT_OUTPUT, serde: PARQUET_SERDE },
  // Of OpenX's, Athena's manual warns that rows may be too many or too few.
  json: {
    input: 'org.apache.hadoop.mapred.TextInputFormat',
    output: TEXT_OUTPUT,
    serde: 'org.apache.hive.hcatalog.data.JsonSerDe',
  },
}

/**
 * Partitions that Athena works out by itself, so that none need ever be told to the catalogue. A month may lie ahead: bets
 * are placed on events to come. Bets of no month of this century are listed with the first.
 */
const PROJECTIONS = {
  month: { format: 'yyyy-MM', range: '2000-01,NOW+12MONTHS', unit: 'MONTHS' },
  day: { format: 'yyyy-MM-dd', range: '2025-01-01,NOW+1DAYS', unit: 'DAYS' },
} as const

/** Glue database over the bucket: what is in it can be asked at once, without a crawler. */
export class Catalogue extends Construct {
  readonly tables: readonly CfnTable[]

  constructor(scope: Construct, id: string, { stage, bucket }: { stage: Stage; bucket: IBucket }) {
    super(scope, id)
    const catalogId = Stack.of(this).account
    const name = databaseName(stage)
    const database = new CfnDatabase(this, 'Database', {
      catalogId,
      databaseInput: { name, description: `Closeline ${stage}: bets, features, predictions, drift and alerts` },
    })
    this.tables = LAKE_TABLES.map((table) => {
      const resource = new CfnTable(this, `Table-${table.name}`, {
        catalogId,
        databaseName: name,
        tableInput: tableInput(table, bucket.s3UrlForObject()),
      })
      resource.addResourceDependency(database)
      return resource
    })
  }
}

function tableInput(table: LakeTable, bucketUri: string): CfnTable.TableInputProperty {
  const { name, description, reads, folder, partition, columns } = table
  const { input, output, serde } = FORMATS[reads]
  const location = `${bucketUri}/${folder}`
  const { format, range, unit } = PROJECTIONS[partition]
  return {
    name,
    description,
    tableType: 'EXTERNAL_TABLE',
    partitionKeys: [{ name: partition, type: 'string' }],
    parameters: {
      EXTERNAL: 'TRUE',
      'projection.enabled': 'true',
      [`projection.${partition}.type`]: 'date',
      [`projection.${partition}.format`]: format,
      [`projection.${partition}.range`]: range,
      [`projection.${partition}.interval`]: '1',
      [`projection.${partition}.interval.unit`]: unit,
      // Athena puts the partition's value in the place of the name.
      'storage.location.template': `${location}${partition}=\${${partition}}/`,
    },
    storageDescriptor: {
      columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
      location,
      inputFormat: input,
      outputFormat: output,
      serdeInfo: { serializationLibrary: serde, parameters: { 'serialization.format': '1' } },
    },
  }
}
