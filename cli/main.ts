#!/usr/bin/env node
// The `gatehouse` command.
import { enableCompileCache } from 'node:module';

// Node keeps what it has compiled, from source also what is left without types: a third less time to the first line.
enableCompileCache();
const [{ processIo }, { run }] = await Promise.all([import('./io.ts'), import('./program.ts')]);
process.exitCode = await run(process.argv.slice(2), processIo());
