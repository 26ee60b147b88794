#!/usr/bin/env node
import { App } from 'aws-cdk-lib'
import { checkAdvice, createStacks } from '../lib/create-stacks.ts'

const app = new App()
createStacks(app)
checkAdvice(app)
app.synth()
