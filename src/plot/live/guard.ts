/**
 * Requests that a live report answers: those of its own page, and of programs that are no page of
 * another site.
 *
 * A foreign page can make the reader's browser send requests here. It cannot read what comes back,
 * but a request to stop would have done its work; browsers say in `Origin` whose it is. With a name
 * of its own that it lets point here (DNS rebinding) it would count as this site, but then that name
 * is in `Host`; no name can be taken for an address, or for `localhost`.
 *
 * @module
 */

const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[[\da-f:.]+\])$/i;

/** Says why a request is refused; undefined for one that is fine. */
export function refusal(request: Request, hosts: readonly string[]): string | undefined {
  const url = new URL(request.url);
  const named = request.headers.get("host");
  const asked = named === null ? [url] : [url, parseHost(named)];
  for (const host of asked) {
    if (host !== undefined && isAllowed(host.hostname, hosts)) continue;
    return `host must be an address, localhost or one of hosts: got ${host?.hostname ?? named}`;
  }
  if (request.method === "GET" || request.method === "HEAD") return undefined;
  const origin = request.headers.get("origin");
  const site = request.headers.get("sec-fetch-site");
  if (origin !== null && parseOrigin(origin)?.host !== url.host) {
    return `origin must be the report itself: got ${origin}`;
  }
  if (site !== null && site !== "same-origin") {
    return `origin must be the report itself: got a request that is ${site}`;
  }
  return undefined;
}

function isAllowed(hostname: string, hosts: readonly string[]): boolean {
  const name = hostname.toLowerCase();
  return name === "localhost" || ADDRESS.test(name) ||
    hosts.some((host) => host.toLowerCase() === name);
}

function parseHost(host: string): URL | undefined {
  return parseOrigin(`http://${host}`);
}

function parseOrigin(origin: string): URL | undefined {
  return URL.canParse(origin) ? new URL(origin) : undefined;
}
