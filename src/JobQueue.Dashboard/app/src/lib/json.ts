/**
 * JSON whose numbers survive: one that JavaScript can't hold exactly (an id of 19 digits, say) is kept as its source text, is shown as such and is written
 * as such by `JSON.stringify`. Without it, a job that is retried with edited arguments would get other numbers than it had.
 */
interface RawJson {
  readonly rawJSON: string;
}

interface ExactJson {
  rawJSON?: (text: string) => RawJson;
  isRawJSON?: (value: unknown) => value is RawJson;
  parse: (text: string, reviver: (key: string, value: unknown, context?: { source?: string }) => unknown) => unknown;
}

const json = JSON as unknown as ExactJson;

export function parseJson(text: string): unknown {
  if (text === '') {
    return null;
  }
  if (json.rawJSON === undefined) {
    return JSON.parse(text) as unknown;
  }
  const { rawJSON } = json;
  return json.parse(text, (_, value, context) =>
    typeof value === 'number' && context?.source !== undefined && needsSource(value, context.source) ? rawJSON(context.source) : value,
  );
}

function needsSource(value: number, source: string): boolean {
  return /^-?\d+$/.test(source) ? !Number.isSafeInteger(value) : source.replace(/[-.]/g, '').length > 15;
}

/** The source text of a number that was kept exactly; null for everything else. */
export function exactNumber(value: unknown): string | null {
  return json.isRawJSON?.(value) === true ? value.rawJSON : null;
}

export function formatJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** What is wrong with a text that is to be JSON; null when nothing is. */
export function jsonError(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : 'This is no JSON.';
  }
}

/** The first characters of a text, never half of a surrogate pair. */
export function cut(text: string, most: number): string {
  if (text.length <= most) {
    return text;
  }
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? most - 1 : most);
}
