// What the host loads of the bundle (`main` of package.json). Source maps are read as modules are loaded, so they are switched
// on before any other module is: stack traces in logs then tell lines of .ts, on every plan and without a setting.
process.setSourceMapsEnabled(true);
await import('./index.ts');
