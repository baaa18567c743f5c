import { app } from '@azure/functions';
import { AUDIT_PREFIX } from '../shared/audit/record.ts';
import { redacted } from '../shared/redact.ts';

/**
 * Takes secrets out of everything that the app logs, wherever it logs it. An audit record holds none, and its hash would
 * not fit any more.
 */
export function redactLogs(): void {
  app.hook.log((log) => {
    if (log.category === 'user' && !log.message.startsWith(`${AUDIT_PREFIX}{`)) log.message = redacted(log.message);
  });
}
