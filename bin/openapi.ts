#!/usr/bin/env node
import { mkdir, writeFile } from 'node:fs/promises'
import { describeProduct } from './describe-product.ts'

const PATH = new URL('../docs/openapi.json', import.meta.url)

await mkdir(new URL('.', PATH), { recursive: true })
await writeFile(PATH, `${JSON.stringify(describeProduct(), null, 2)}\n`)
