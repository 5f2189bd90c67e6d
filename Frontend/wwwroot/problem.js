/** What a refused or failed request says: RFC 9457 problem details, RFC 6749 errors, or no answer at all. */
export class Problem extends Error {
  constructor({ status, code, message, retryAfter = null }) {
    super(message);
    this.name = 'Problem';
    /** HTTP status; 0 when no answer came. */
    this.status = status;
    /** The server's stable snake_case code, such as `not_member`. */
    this.code = code;
    /** Seconds the server asked us to wait, or null. */
    this.retryAfter = retryAfter;
  }

  /** True when the same request may succeed later: no answer, throttled, or the server is in trouble. */
  get transient() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }

  static unreachable() {
    return new Problem({ status: 0, code: 'unreachable', message: 'The server cannot be reached.' });
  }

  static async from(response) {
    let body = {};
    try {
      body = await response.json();
    } catch {
      // A proxy may answer in HTML; the status alone has to do.
    }
    const fields = Object.entries(body.field_errors ?? {}).map(([field, texts]) => `${field}: ${[texts].flat().join(' ')}`);
    const text = body.detail ?? body.error_description ?? body.title ?? `The server answered ${response.status}.`;
    const retryAfter = Number.parseInt(response.headers.get('Retry-After') ?? '', 10);
    return new Problem({
      status: response.status,
      code: body.error ?? 'unknown',
      message: [text, ...fields].join('\n'),
      retryAfter: Number.isNaN(retryAfter) ? null : retryAfter,
    });
  }
}
