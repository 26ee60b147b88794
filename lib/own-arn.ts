import { ArnFormat, Stack } from 'aws-cdk-lib'
import type { Construct } from 'constructs'

/**
 * ARN of something that has a name of ours, in the account and region of a construct: by its name it is told without
 * asking the stack that it is in.
 */
export function ownArn(
  scope: Construct,
  service: string,
  resource: string,
  name: string,
  parted: '/' | ':' = '/',
): string {
  const arnFormat = parted === '/' ? ArnFormat.SLASH_RESOURCE_NAME : ArnFormat.COLON_RESOURCE_NAME
  return Stack.of(scope).formatArn({ service, resource, resourceName: name, arnFormat })
}
