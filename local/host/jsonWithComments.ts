/** host.json and local.settings.json may hold comments and trailing commas, as the Functions host allows. */
export function parseJsonWithComments(text: string): unknown {
  return JSON.parse(withoutTrailingCommas(withoutComments(text.replace(/^\uFEFF/, ''))));
}

/** Strings come first, so that what looks like a comment inside one stays. */
const STRING_OR_COMMENT = /"(?:\\.|[^"\\])*"|\/\/[^\r\n]*|\/\*[\s\S]*?\*\//g;
const STRING_OR_TRAILING_COMMA = /"(?:\\.|[^"\\])*"|,(?=\s*[}\]])/g;

const withoutComments = (text: string) =>
  text.replace(STRING_OR_COMMENT, (match) => (match.startsWith('"') ? match : ' '));

const withoutTrailingCommas = (text: string) =>
  text.replace(STRING_OR_TRAILING_COMMA, (match) => (match.startsWith('"') ? match : ''));
