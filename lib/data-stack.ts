import type { StackProps } from 'aws-cdk-lib'
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib'
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3'
import type { Construct } from 'constructs'

/** What must outlive every deployment: the bucket of models, snapshots and the lake. */
export class DataStack extends Stack {
  readonly artefacts: Bucket

  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props)
    this.artefacts = new Bucket(this, 'Artefacts', {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      // Parts of an upload that broke off would be kept, and paid for, for ever.
      lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(7) }],
      removalPolicy: RemovalPolicy.RETAIN,
    })
  }
}
