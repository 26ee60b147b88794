import { Validations } from 'aws-cdk-lib'
import type { IConstruct } from 'constructs'

/** Says of findings of cdk-nag why each is as it should be; the long form of the ids puts them on record. */
export function acknowledge(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  for (const [id, reason] of Object.entries(reasons)) {
    Validations.of(construct).acknowledge({ id: `AwsSolutions::${id}`, reason })
  }
}
