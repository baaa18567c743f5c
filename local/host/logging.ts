export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';

/** @param source the function, or the part of the host, that says it. */
export type Log = (level: LogLevel, source: string, message: string) => void;

/** Writes what matters to standard output, warnings and worse to standard error. */
export const consoleLog: Log = (level, source, message) => {
  if (level === 'trace' || level === 'debug' || level === 'none') return;
  const write = level === 'information' ? console.log : console.error;
  write(`[${new Date().toISOString()}] ${level.padEnd(11)} ${source}: ${message}`);
};
