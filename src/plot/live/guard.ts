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
import { printable } from "../../core/printable.ts";

const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[[\da-f:.]+\])$/i;

/** Answer to a request that is refused: its status, and the reason. */
export interface Refusal {
  readonly status: 400 | 403;
  readonly reason: string;
}

/** Sites of requests, as browsers name them, that are the report's own page or a reader's choice. */
const OWN_SITES: readonly (string | null)[] = [null, "same-origin"];
/** Site of a page that a reader opens by its address, or from a bookmark. */
const BY_ADDRESS = "none";

/**
 * Refuses a request of a stranger; returns undefined for one that is fine. What takes the server's
 * time or changes something (commands, streams) is `onlyOwn`: no other page may even open it. All
 * else other pages may link to, and not embed.
 */
export function refusal(
  request: Request,
  { hosts, onlyOwn }: { readonly hosts: readonly string[]; readonly onlyOwn: boolean },
): Refusal | undefined {
  const named = request.headers.get("host");
  const url = parse(request.url);
  const asked = named === null ? [url] : [parseHost(named), url];
  for (const host of asked) {
    if (host === undefined) {
      const got = printable(named ?? request.url);
      return { status: 400, reason: `host must be a name or an address: got ${got}` };
    }
    if (isAllowed(host.hostname, hosts)) continue;
    const reason = `host must be an address, localhost or one of hosts: got ${host.hostname}`;
    return { status: 403, reason };
  }
  const stranger = strangerOf(request, url!, onlyOwn);
  if (stranger === undefined) return undefined;
  return { status: 403, reason: `origin must be the report itself: got ${printable(stranger)}` };
}

/** Names the page of another site that a request comes from; undefined where there is none. */
function strangerOf(request: Request, url: URL, onlyOwn: boolean): string | undefined {
  const { headers } = request;
  const [site, origin] = [headers.get("sec-fetch-site"), headers.get("origin")];
  const isOwn = OWN_SITES.includes(site) || (site === BY_ADDRESS && request.method !== "POST");
  if (onlyOwn) {
    if (origin !== null && parse(origin)?.host !== url.host) return origin;
    return isOwn ? undefined : `a request that is ${site}`;
  }
  const isLink = headers.get("sec-fetch-mode") === "navigate";
  return isOwn || isLink ? undefined : `a request that is ${site}`;
}

function parse(address: string): URL | undefined {
  return URL.canParse(address) ? new URL(address) : undefined;
}

/** Reads a host with or without a port; undefined for what a URL would read as more than that. */
function parseHost(host: string): URL | undefined {
  return /^[^/\\@?#\s]+$/.test(host) ? parse(`http://${host}`) : undefined;
}

function isAllowed(hostname: string, hosts: readonly string[]): boolean {
  const name = hostname.toLowerCase();
  return name === "localhost" || ADDRESS.test(name) ||
    hosts.some((host) => host.toLowerCase() === name);
}
