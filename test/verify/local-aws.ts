#!/usr/bin/env node
/**
 * Rehearses an installation on AWS on this machine: the synthesized stacks and the code that they deploy, behind a local
 * Lambda Runtime API, an HTTP API and an alias, with the SDK's own clients on local S3 and on doubles that speak the wire
 * protocols of EventBridge, SNS, SSM, Lambda and CloudWatch. Every function is held to the policies of its role.
 *
 *     npm run local:aws -- [--requests 2000] [--seed 1] [--json]
 *
 * Exits with 1 where a claim does not hold.
 */
import { parseArgs } from 'node:util'
import { table } from '../../bin/terminal.ts'
import type { Claim } from '../local-aws/claim.ts'
import { rehearse } from '../local-aws/rehearsal.ts'

const { values: options } = parseArgs({
  options: {
    requests: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

if (options.help) process.stdout.write('local:aws [--requests 2000] [--seed 1] [--json]\n')
else process.exitCode = await main()

async function main(): Promise<number> {
  const began = performance.now()
  process.stderr.write('preparing a ledger, a model and an account\n')
  const claims = await rehearse({ requests: Number(options.requests), seed: Number(options.seed), onStep: tell })
  const broken = claims.filter(({ holds }) => !holds)
  const seconds = Math.round((performance.now() - began) / 1000)
  process.stdout.write(
    options.json ? `${JSON.stringify({ claims, seconds }, null, 2)}\n` : `${textOf(claims, seconds)}\n`,
  )
  return broken.length === 0 ? 0 : 1
}

function tell(title: string, made: readonly Claim[], ms: number): void {
  const broken = made.filter(({ holds }) => !holds)
  process.stderr.write(
    `${title}: ${made.length - broken.length} of ${made.length} claims hold, ${(ms / 1000).toFixed(1)} s\n`,
  )
  for (const { claim, found } of broken) process.stderr.write(`  NOT: ${claim}: ${found}\n`)
}

function textOf(claims: readonly Claim[], seconds: number): string {
  const rows = claims.map(({ claim, holds, found }) => [
    holds ? 'yes' : 'NO',
    claim,
    found.replaceAll(/\s+/g, ' ').slice(0, 80),
  ])
  const broken = claims.filter(({ holds }) => !holds).length
  const sum = broken === 0 ? `all ${claims.length} claims hold` : `${broken} of ${claims.length} claims do not hold`
  return `${table([['holds', 'claim', 'found'], ...rows], 3)}\n${sum}, ${seconds} s`
}
