// The operators' API of this port.

/** The port did not answer, or said why it could not. */
export class ApiError extends Error {
  constructor(message, { offline = false } = {}) {
    super(message);
    this.offline = offline;
  }
}

/** Longer than the port takes to give up. */
const TIMEOUT_MS = 10_000;

/** What a path has; throws an `ApiError`. */
export function get(path) {
  return request("GET", path);
}

/** Changes something. All requests that do are declared as JSON, because the port refuses others. */
export function change(method, path, body) {
  return request(method, path, { headers: { "content-type": "application/json" }, body: body && JSON.stringify(body) });
}

async function request(method, path, options = {}) {
  let response;
  try {
    response = await fetch(path, { method, signal: AbortSignal.timeout(TIMEOUT_MS), ...options });
  } catch {
    throw new ApiError("this port does not answer", { offline: true });
  }
  const answer = await response.json().catch(() => null);
  if (answer?.success) return answer;
  throw new ApiError(answer?.message ?? `the port answered ${response.status}`);
}
