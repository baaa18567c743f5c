import type { JsonObject } from '../model/json.ts';
import type { Notice } from '../model/notice.ts';

export const noticeFormats = ['cloudevents', 'teams', 'slack'] as const;

/** What the other side of a webhook takes. */
export type NoticeFormat = (typeof noticeFormats)[number];

export interface NoticeBody {
  readonly contentType: string;
  readonly body: JsonObject;
}

/** A notice in the words of whoever hears it. */
export const noticeBody = (format: NoticeFormat, notice: Notice): NoticeBody => bodies[format](notice);

const bodies: Readonly<Record<NoticeFormat, (notice: Notice) => NoticeBody>> = { cloudevents, teams, slack };

/** Structured mode, version 1.0: https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
function cloudevents({ id, environment, kind, time, severity, title, text }: Notice): NoticeBody {
  return {
    contentType: 'application/cloudevents+json',
    body: {
      specversion: '1.0',
      id,
      source: `/gatehouse/environments/${environment}`,
      type: `dev.gatehouse.${kind}`,
      subject: environment,
      time,
      datacontenttype: 'application/json',
      data: { environment, severity, title, text },
    },
  };
}

const colours = { info: 'Good', warning: 'Warning', error: 'Attention' } as const;

/** An adaptive card, as a workflow "when a Teams webhook request is received" takes it: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using */
function teams({ environment, severity, time, title, text }: Notice): NoticeBody {
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      { type: 'TextBlock', size: 'Medium', weight: 'Bolder', color: colours[severity], wrap: true, text: title },
      { type: 'TextBlock', wrap: true, text },
      {
        type: 'FactSet',
        facts: [
          { title: 'Environment', value: environment },
          { title: 'Time', value: time },
        ],
      },
    ],
  };
  const attachment = { contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content };
  return { contentType: 'application/json', body: { type: 'message', attachments: [attachment] } };
}

/** An incoming webhook's message: https://api.slack.com/messaging/webhooks */
function slack({ environment, time, title, text }: Notice): NoticeBody {
  return {
    contentType: 'application/json',
    body: {
      text: title,
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: title.slice(0, 150) } },
        { type: 'section', text: { type: 'plain_text', text: text.slice(0, 3000) } },
        { type: 'context', elements: [{ type: 'plain_text', text: `${environment}, ${time}` }] },
      ],
    },
  };
}
