import type { App } from 'aws-cdk-lib'
import { Stack } from 'aws-cdk-lib'
import { CfnAlias } from 'aws-cdk-lib/aws-lambda'
import { functionName, LIVE_ALIAS, SHIFTED_FUNCTIONS } from '../shared/config/stage.ts'
import { stackProps } from './stack-props.ts'
import type { StageConfig } from './stages.ts'
import type { StageTraffic } from './traffic.ts'

/**
 * The aliases by which callers reach functions. It has names and numbers alone, so that moving traffic builds no code and
 * publishes no version.
 */
export class TrafficStack extends Stack {
  constructor(scope: App, id: string, { stage, traffic }: { stage: StageConfig; traffic: StageTraffic }) {
    super(scope, id, stackProps(stage, id, 'Which version of a function answers, and how often'))
    for (const name of SHIFTED_FUNCTIONS) {
      const { stable, canary, weight } = traffic[name]
      const weights = canary === null ? [] : [{ functionVersion: canary, functionWeight: weight }]
      new CfnAlias(this, `${name}Live`, {
        functionName: functionName(stage.name, name),
        name: LIVE_ALIAS,
        functionVersion: stable,
        ...(weights.length === 0 ? {} : { routingConfig: { additionalVersionWeights: weights } }),
      })
    }
    this.node.addValidation({ validate: () => rivals(this) })
  }
}

/** What else in the app would move the weights: of two that do, each undoes what the other did, and neither says so. */
function rivals(stack: TrafficStack): string[] {
  const aliases = stack.node.root.node.findAll().filter((node) => node instanceof CfnAlias)
  const byCodeDeploy = aliases.filter(
    ({ cfnOptions }) => cfnOptions.updatePolicy?.codeDeployLambdaAliasUpdate !== undefined,
  )
  const elsewhere = aliases.filter((alias) => Stack.of(alias) !== stack && alias.name === LIVE_ALIAS)
  return [
    ...byCodeDeploy.map(({ node }) => `${node.path} is moved by CodeDeploy: ${stack.stackName} moves traffic alone`),
    ...elsewhere.map(({ node }) => `${node.path} is another alias ${LIVE_ALIAS}: ${stack.stackName} has them`),
  ]
}
