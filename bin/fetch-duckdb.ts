#!/usr/bin/env node
import { fileURLToPath } from 'node:url'
import { duckdbBinding } from '../lib/duckdb-binding.ts'

/**
 * Fetches DuckDB's compiled code for Lambda's architecture, so that the stacks can be synthesized without a network later.
 * Runs after an installation; one without a network goes on without it.
 */
try {
  duckdbBinding(fileURLToPath(new URL('..', import.meta.url)), 'arm64')
} catch (thrown) {
  console.warn(thrown instanceof Error ? thrown.message : String(thrown))
}
