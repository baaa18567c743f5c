import { useState } from 'preact/hooks';
import { act, type Failure } from '../live/api.ts';
import type { Attention } from '../model/attention.ts';
import { ActButton, Badge, Dialog, Notice } from './parts.tsx';

interface AttentionProps {
  readonly items: readonly Attention[];
  /** Of the environment in the API. */
  readonly path: string;
  /** How many syncs have ended: an approval is good for one. */
  readonly syncs: number;
  readonly onFailure: (failure: Failure | undefined) => void;
}

/** What somebody should see to, each with what can be done about it. */
export function AttentionList({ items, path, syncs, onFailure }: AttentionProps) {
  const [approving, setApproving] = useState<Extract<Attention['act'], { kind: 'approve' }>>();
  // Until the lane has heard of it and tells so itself.
  const [asked, setAsked] = useState<{ readonly plan: string; readonly syncs: number }>();
  if (items.length === 0) return null;
  return (
    <div class="attention">
      {items.map(({ key, tone, title, detail, remedy, act: offered }) => (
        <Notice key={key} tone={tone} title={title} detail={detail} remedy={remedy}>
          {offered?.kind === 'approve' &&
            (offered.plan === asked?.plan && syncs === asked.syncs ? (
              <Badge tone="busy">Approved</Badge>
            ) : (
              <button type="button" class="button primary" onClick={() => setApproving(offered)}>
                Review and approve
              </button>
            ))}
          {offered?.kind === 'retry' && (
            <ActButton kind="primary" act={() => act('POST', `${path}/retry`)} done="It goes on." onFailure={onFailure}>
              Retry
            </ActButton>
          )}
        </Notice>
      ))}
      {approving !== undefined && (
        <Dialog title="Delete these rules?" onClose={() => setApproving(undefined)}>
          <p>The services behind them can’t be reached from the Internet any more. Only exactly these go.</p>
          {approving.rules.length === 0 ? (
            <p class="quiet">The names of the rules are being read.</p>
          ) : (
            <ul class="rule-list">
              {approving.rules.map((rule) => (
                <li key={rule}>
                  <code>{rule}</code>
                </li>
              ))}
            </ul>
          )}
          <footer>
            <ActButton
              kind="danger"
              act={() => act('POST', `${path}/approve`, { plan: approving.plan })}
              done="The deletions were approved."
              onDone={() => {
                setAsked({ plan: approving.plan, syncs });
                setApproving(undefined);
              }}
              onFailure={(failure) => {
                onFailure(failure);
                if (failure !== undefined) setApproving(undefined);
              }}
            >
              Approve deletion
            </ActButton>
          </footer>
        </Dialog>
      )}
    </div>
  );
}
