#!/usr/bin/env node
import { readFile } from 'node:fs/promises'
import { judgeLicences } from './licences.ts'

const { packages, problems } = judgeLicences(await readFile(new URL('../package-lock.json', import.meta.url), 'utf8'))
for (const problem of problems) console.error(problem)
console.log(`${packages} packages, ${problems.length} whose licence will not do`)
if (problems.length > 0 || packages === 0) process.exitCode = 1
