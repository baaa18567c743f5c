#!/usr/bin/env node
// The `gatehouse` command.
import nodeModule from 'node:module';

// Node keeps what it has compiled, and what is left of sources without types. Named imports of what an older Node lacks would stop it
// before it could say so.
nodeModule.enableCompileCache?.();
const [{ processIo }, { run }] = await Promise.all([import('./io.ts'), import('./program.ts')]);
process.exitCode = await run(process.argv.slice(2), processIo());
