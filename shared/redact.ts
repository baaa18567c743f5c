import { redactByShape } from './model/redact.ts';

/** Settings whose values are secrets, whatever shape they have. */
const SECRET_SETTING =
  /^(APPSETTING_)?(GATEHOUSE_SECRET_.+|GATEHOUSE_NOTIFY_URL|AZURE_CLIENT_SECRET|IDENTITY_HEADER|MSI_SECRET|AzureWebJobsStorage|WEBSITE_AUTH_(CLIENT_SECRET|SIGNING_KEY|ENCRYPTION_KEY)|MICROSOFT_PROVIDER_AUTHENTICATION_SECRET)$/;
/** What is shorter is found in texts that have nothing to do with it. */
const SHORTEST_SECRET = 8;
const PUBLIC_VALUES = ['UseDevelopmentStorage=true'];

/**
 * A text as it may be shown, logged or stored: without secrets, told by their shape or by the settings that hold them. Everything
 * that comes from elsewhere, such as an error's message, passes here before it leaves an activity or the app.
 */
export function redacted(text: string): string {
  const secrets = Object.entries(process.env)
    .flatMap(([name, value]) => (value !== undefined && SECRET_SETTING.test(name) ? [value] : []))
    .filter((value) => value.length >= SHORTEST_SECRET && !PUBLIC_VALUES.includes(value));
  return redactByShape(secrets.reduce((shown, secret) => shown.replaceAll(secret, '[redacted]'), text));
}
