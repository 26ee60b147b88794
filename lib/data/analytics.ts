import { Stack } from 'aws-cdk-lib'
import { CfnNamedQuery, CfnWorkGroup } from 'aws-cdk-lib/aws-athena'
import type { IBucket } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import type { Stage } from '../../shared/config/stage.ts'
import { Catalogue } from './catalogue.ts'
import { databaseName, workgroupName } from './names.ts'
import { SAVED_QUERIES } from './saved-queries.ts'
import { ATHENA_RESULTS_PREFIX } from './tables.ts'

/** Bytes that one query may scan: at $5 a terabyte, a tenth of a dollar for a question gone wrong. */
const MOST_BYTES_SCANNED = 20_000_000_000

/** What an analyst needs to ask the lake at once: tables, a workgroup with a limit, and queries to begin with. */
export class Analytics extends Construct {
  constructor(scope: Construct, id: string, { stage, bucket }: { stage: Stage; bucket: IBucket }) {
    super(scope, id)
    const catalogue = new Catalogue(this, 'Catalogue', { stage, bucket })
    const workgroup = new CfnWorkGroup(this, 'Workgroup', {
      name: workgroupName(stage),
      description: `Closeline ${stage}: questions to the lake`,
      // Deletes the history of its queries with it; what they found lies in the bucket.
      recursiveDeleteOption: true,
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        bytesScannedCutoffPerQuery: MOST_BYTES_SCANNED,
        publishCloudWatchMetricsEnabled: true,
        engineVersion: { selectedEngineVersion: 'Athena engine version 3' },
        resultConfiguration: {
          outputLocation: bucket.s3UrlForObject(ATHENA_RESULTS_PREFIX),
          encryptionConfiguration: { encryptionOption: 'SSE_S3' },
          expectedBucketOwner: Stack.of(this).account,
        },
      },
    })
    for (const { name, description, sql } of SAVED_QUERIES) {
      const query = new CfnNamedQuery(this, `Query-${name}`, {
        name,
        description,
        database: databaseName(stage),
        queryString: sql,
        workGroup: workgroup.ref,
      })
      for (const table of catalogue.tables) query.addResourceDependency(table)
    }
  }
}
