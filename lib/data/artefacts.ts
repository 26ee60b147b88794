import { Duration, RemovalPolicy } from 'aws-cdk-lib'
import type { BucketProps, IBucket, LifecycleRule } from 'aws-cdk-lib/aws-s3'
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { ATHENA_RESULTS_PREFIX } from './tables.ts'

/** What every bucket of ours is: closed to the public, to plain HTTP and to old TLS. */
const CLOSED: BucketProps = {
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  encryption: BucketEncryption.S3_MANAGED,
  enforceSSL: true,
  minimumTLSVersion: 1.2,
}

/**
 * What goes by itself. Never: anything else in its present version, so that models, keys and above all the lake's raw
 * files, which nothing can make again, stay until somebody removes them.
 */
function lifecycle(keptVersionDays: number): LifecycleRule[] {
  return [
    {
      id: 'broken-uploads-and-old-versions',
      // Parts of an upload that broke off would be kept, and paid for, for ever.
      abortIncompleteMultipartUploadAfter: Duration.days(7),
      noncurrentVersionExpiration: Duration.days(keptVersionDays),
      expiredObjectDeleteMarker: true,
    },
    // Decay is judged over months; after more than a year a served prediction says nothing of the model.
    { id: 'served-predictions', prefix: 'predictions/', expiration: Duration.days(400) },
    { id: 'athena-results', prefix: ATHENA_RESULTS_PREFIX, expiration: Duration.days(7) },
  ]
}

/**
 * The bucket of everything that the product keeps as objects: lake, models, snapshots, prediction log, key hashes. One
 * bucket with prefixes, as the product's object store is one; who may reach what is said by prefix in each role.
 */
export class Artefacts extends Construct {
  readonly bucket: IBucket

  /** @param retain  whether the objects outlive the stack; without it the stack goes once somebody has emptied them */
  constructor(scope: Construct, id: string, { retain }: { retain: boolean }) {
    super(scope, id)
    const removalPolicy = retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY
    const accessLogs = new Bucket(this, 'AccessLogs', {
      ...CLOSED,
      lifecycleRules: [{ id: 'old-logs', expiration: Duration.days(90) }],
      removalPolicy,
    })
    this.bucket = asInterface(
      new Bucket(this, 'Bucket', {
        ...CLOSED,
        versioned: true,
        lifecycleRules: lifecycle(retain ? 90 : 7),
        serverAccessLogsBucket: asInterface(accessLogs),
        serverAccessLogsPrefix: 'artefacts/',
        removalPolicy,
      }),
    )
  }
}

/** A bucket by CDK's own interface, which the types of its class fall short of: `isWebsite` is written there in another way. */
function asInterface(bucket: Bucket): IBucket {
  return bucket as IBucket
}
