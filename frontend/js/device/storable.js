// What the service worker may keep. The server's word is the first rule: what it marks no-store is never stored.
/** `version`: pages say of which build they are, and only those of the worker's own are kept. */
export const isStorable = (answer, version = null) => {
  if (!answer || answer.status !== 200 || answer.redirected) return false;
  if (/no-store/i.test(answer.headers.get("Cache-Control") ?? "")) return false;
  return version === null || answer.headers.get("X-Intake-Build") === version;
};
