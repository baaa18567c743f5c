import type { Notice } from '../../shared/model/notice.ts';
import { sendNotice } from '../../shared/notify/webhook.ts';
import { settings } from '../../shared/settings.ts';

/**
 * Sends a notice to the webhook that the settings name now; with none any more it is dropped.
 *
 * @throws NotTakenError, which the orchestration tries again after
 */
export async function tell(notice: Notice): Promise<void> {
  const { notifications } = settings();
  if (notifications !== undefined) await sendNotice(notice, notifications);
}
