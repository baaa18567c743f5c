import type { EnvironmentAnswer } from '../../shared/answers.ts';
import { counted } from '../model/format.ts';
import type { Tone } from '../model/tone.ts';
import { ToneIcon } from './icons.tsx';
import { Ago } from './parts.tsx';

type SyncRecord = EnvironmentAnswer['history'][number];

/** What the newest syncs came to, and what was found worth telling. */
export function History({ environment }: { readonly environment: EnvironmentAnswer }) {
  const { history, findings } = environment;
  return (
    <div class="columns">
      <section class="card history" aria-labelledby="history-title">
        <h2 id="history-title">Syncs</h2>
        {history.length === 0 && <p class="quiet">None yet.</p>}
        <ol>
          {history.map((sync) => (
            <li key={sync.time}>
              <ToneIcon tone={toneOf(sync)} />
              <div>
                <p>{told(sync)}</p>
                <p class="quiet">
                  {sync.since === undefined ? (
                    <Ago time={sync.time} />
                  ) : (
                    <>
                      {sync.looks} times · first <Ago time={sync.since} />, last <Ago time={sync.time} />
                    </>
                  )}
                </p>
              </div>
            </li>
          ))}
        </ol>
      </section>
      <section class="card history" aria-labelledby="findings-title">
        <h2 id="findings-title">Findings</h2>
        {findings.length === 0 && <p class="quiet">Nothing to tell.</p>}
        <ol>
          {findings.map(({ time, severity, message }) => (
            <li key={time + message}>
              <ToneIcon tone={severity === 'error' ? 'bad' : severity === 'warning' ? 'warn' : 'ok'} />
              <div>
                <p>{message}</p>
                <p class="quiet">
                  <Ago time={time} />
                </p>
              </div>
            </li>
          ))}
        </ol>
      </section>
    </div>
  );
}

function toneOf({ result, held, drift, repaired }: SyncRecord): Tone {
  if (result === 'failed') return 'bad';
  return held > 0 || drift > repaired ? 'warn' : 'ok';
}

function told({ result, problem, wrote, created, updated, deleted, drift, repaired, held }: SyncRecord): string {
  const parts = [
    ...(created === 0 ? [] : [`${counted(created, 'rule')} created`]),
    ...(updated === 0 ? [] : [`${counted(updated, 'rule')} updated`]),
    ...(deleted === 0 ? [] : [`${counted(deleted, 'rule')} deleted`]),
    ...(drift === 0 ? [] : [`${counted(drift, 'difference')}, ${repaired} repaired`]),
    ...(held === 0 ? [] : [`${counted(held, 'deletion')} held`]),
  ];
  if (result === 'failed') return `Failed: ${problem ?? 'no reason is known'}`;
  if (parts.length > 0) return parts.join(' · ');
  return wrote ? 'The firewall was written' : 'Nothing to change';
}
