#!/usr/bin/env node
import { App } from 'aws-cdk-lib'
import { DataStack } from '../lib/data-stack.ts'

const app = new App()
new DataStack(app, 'CloselineData')
app.synth()
