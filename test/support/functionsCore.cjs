// What `require('@azure/functions-core')` gives under jest, whose own module loader the host can't hook: the core
// that the host of this realm has put there.
module.exports = new Proxy({}, { get: (_target, name) => globalThis[Symbol.for('gatehouse.functions-core')]?.[name] });
