/**
 * A report of a training under way: a page that shows it as it goes on, and can pause and stop it.
 *
 * @module
 */
import { checkOptions } from "../../core/options.ts";
import type { Callback } from "../../train/callback.ts";
import { checkInteger } from "../../core/check_integer.ts";
import { checkText, type RenderedSection, renderSections, type Section } from "../report/blocks.ts";
import { renderBody, renderPage } from "../report/page.ts";
import { LIVE_STYLE } from "../report/style.ts";
import { element, escapeXml } from "../svg.ts";
import { refusal } from "./guard.ts";
import { SCRIPT } from "./script.ts";
import { type Command, OBEYED_IN, TrainingControl, type TrainingState } from "./state.ts";
import { TrainingRecord } from "./training_record.ts";
import { type Message, Watchers } from "./watchers.ts";

/** Options of {@link LiveReport}. */
export interface LiveReportOptions {
  /** The heading of the page. */
  readonly title: string;
  /** A line below the heading; none by default. */
  readonly about?: string;
  /**
   * Names that the server is reached by, next to `localhost` and all addresses; others are refused,
   * so that no foreign page can pass for this one.
   */
  readonly hosts?: readonly string[];
  /** The most pages that watch at once; further ones are answered 503. 64 by default. */
  readonly maxWatchers?: number;
  /** Word for an example; `images` by default. */
  readonly unit?: string;
  /** A clock in milliseconds; `performance.now` by default. */
  readonly now?: () => number;
}

const ACTION = "make live report";
/** Path of the stream of changes. */
const STREAM = "/events";
/** Pages that watch at once, by default. */
const MOST_WATCHERS = 64;
/** Milliseconds between two changes of the page for steps. */
const REFRESH = 250;
const POLICY = "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; img-src data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'";
const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": `${POLICY}; frame-ancestors 'none'`,
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
};

/**
 * A report of a training under way, for browsers.
 *
 * `fetch` answers requests, with nothing but Web APIs, so that any server can use it: `/` is the
 * page, which shows curves, scores and the time left as they come, with buttons to pause and to stop
 * (`POST /pause`, `/resume`, `/stop`); `/report.html` is the same page as a file, as `html()` gives
 * it; `/events` are the changes. Those who come late, or come back, see everything; there may be
 * several, up to `maxWatchers`. Pages of other sites are refused, by `Origin`, `Sec-Fetch-Site` and
 * names that are not in `hosts`; they can link to the report. Who can reach the server can stop the
 * training, so serve it on `localhost` only where others share the network.
 *
 * A training takes part with `callback` and `signal`. A pause begins after the step that runs, and
 * time that is paused counts nowhere. Stopping aborts the signal: `fit` then throws its reason, with
 * the parameters whole. Memory does not grow with the number of steps: the curve of their losses has
 * at most 1,024 points, means of ever more steps.
 *
 * @example A server in Deno: `Deno.serve({ hostname: "127.0.0.1" }, live.fetch)`
 * ```ts
 * import { LiveReport } from "@tapegrad/tapegrad/plot";
 * import { Random, sgd, softmaxCE, tensor } from "@tapegrad/tapegrad";
 * import { Dense } from "@tapegrad/tapegrad/nn";
 * import { fit } from "@tapegrad/tapegrad/train";
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 *
 * const live = new LiveReport({ title: "Two classes" });
 * const model = Dense({ units: 2 });
 * const data = { x: tensor([[1], [2]]), y: tensor([0, 1], { dtype: "int32" }) };
 * const training = fit(model, data, {
 *   params: model.init(new Random(0), [1]),
 *   loss: softmaxCE,
 *   optimizer: sgd({ learningRate: 0.1 }),
 *   epochs: 5,
 *   callbacks: [live.callback],
 *   signal: live.signal,
 * });
 * try {
 *   for await (const { epoch } of training) if (epoch === 3) live.stop();
 * } catch (error) {
 *   assertEquals(error, live.signal.reason);
 * }
 * const page = await live.fetch(new Request("http://localhost:8000/")).text();
 * assertStringIncludes(page, "Stopped: 3 of 5 epochs");
 * ```
 */
export class LiveReport {
  /** Callback for trainings, one after the other. */
  readonly callback: Callback;
  /** Answers requests, as `Deno.serve` and others call it; it needs no `this`. */
  readonly fetch: (request: Request) => Response;

  readonly #options: LiveReportOptions;
  readonly #now: () => number;
  readonly #record: TrainingRecord;
  readonly #control: TrainingControl;
  readonly #watchers: Watchers;
  readonly #run: string = crypto.randomUUID().slice(0, 8);
  #shown: readonly (Section | "training")[] = ["training"];
  #about: string;
  #rendered: RenderedSection[] = [];
  #isStale = true;
  #version = 0;
  /** The version in which a section last changed, by its id. */
  readonly #changed = new Map<string, number>();
  /** The version in which other sections came, or another line below the heading. */
  #bodyVersion = 0;
  #isNewBody = true;
  #refreshedAt = -Infinity;

  /**
   * Makes a report of a training that has not begun.
   *
   * @param options `title`; `about`, `hosts`, `maxWatchers`, `unit`, `now`.
   * @throws {TypeError} if title or about is no text.
   * @throws {RangeError} if maxWatchers is no such integer.
   */
  constructor(options: LiveReportOptions) {
    options = checkOptions(ACTION, options, "title about hosts maxWatchers# unit now");
    const { title, about = "", unit = "images", now = () => performance.now() } = options;
    const { maxWatchers = MOST_WATCHERS } = options;
    checkText(ACTION, "title", title);
    checkText(ACTION, "about", about);
    checkInteger(ACTION, "maxWatchers", maxWatchers, 0);
    this.#watchers = new Watchers(maxWatchers);
    this.#options = options;
    this.#about = about;
    this.#now = now;
    this.#record = new TrainingRecord(unit, now);
    this.#control = new TrainingControl(() => this.#refresh(), now);
    this.fetch = (request) => this.#answer(request);
    this.callback = this.#makeCallback();
  }

  /** Signal that is aborted when the training is to stop; for the options of a training. */
  get signal(): AbortSignal {
    return this.#control.signal;
  }

  /** State of the training. */
  get state(): TrainingState {
    return this.#control.state;
  }

  /**
   * Shows other sections.
   *
   * @param sections in their order; `"training"` stands for the curves and the table of epochs,
   * which follow the training. It is all there is by default.
   * @param about another line below the heading.
   * @throws {TypeError} if something in a section is no block.
   */
  show(sections: readonly (Section | "training")[], about: string = this.#about): void {
    checkText("show report", "about", about);
    renderSections("show report", this.#sectionsOf(sections));
    this.#shown = [...sections];
    this.#isNewBody ||= about !== this.#about;
    this.#about = about;
    this.#refresh();
  }

  /**
   * Renders the page as a file that needs no server: as `report` would render the same sections.
   *
   * @returns the source of the page.
   */
  html(): string {
    this.#render();
    const { title } = this.#options;
    return renderPage({ title, about: this.#about, sections: this.#rendered, language: "en" });
  }

  /** Lets the training wait after the step that runs; nothing unless it is running. */
  pause(): void {
    this.#obey("pause");
  }

  /** Lets the training go on; nothing unless it is paused. */
  resume(): void {
    this.#obey("resume");
  }

  /** Ends the training by its signal; nothing where it is over. */
  stop(): void {
    this.#obey("stop");
  }

  /** Ends the streams of all who watch, so that a server can shut down. */
  close(): void {
    this.#watchers.close();
  }

  #makeCallback(): Callback {
    const [record, control] = [this.#record, this.#control];
    return {
      firstRankOnly: true,
      start: (training) => {
        record.start(training);
        if (control.state !== "stopping") control.move("training");
      },
      step: (report) => {
        record.step(report);
        const { pause } = control;
        if (pause !== undefined || this.#now() - this.#refreshedAt >= REFRESH) this.#refresh();
        return pause;
      },
      epoch: () => this.#refresh(),
      end: () => void record.idle(control.move("over")),
    };
  }

  #obey(command: Command): boolean {
    if (!OBEYED_IN[command].includes(this.state)) return false;
    const next = { pause: "paused", resume: "training", stop: "stopping" } as const;
    this.#record.idle(this.#control.move(next[command]));
    return true;
  }

  /** Tells those who watch that something has changed: they come for it. */
  #refresh(): void {
    this.#isStale = true;
    this.#refreshedAt = this.#now();
    this.#watchers.wake();
  }

  /** Renders HTML of the present state, and notes what has changed since before. */
  #render(): void {
    if (!this.#isStale) return;
    this.#isStale = false;
    this.#version++;
    const before = new Map(this.#rendered.map(({ id, html }) => [id, html]));
    const ids = this.#rendered.map(({ id }) => id).join(" ");
    this.#rendered = renderSections(ACTION, this.#sectionsOf(this.#shown));
    for (const { id, html } of this.#rendered) {
      if (before.get(id) !== html) this.#changed.set(id, this.#version);
    }
    if (this.#isNewBody || this.#rendered.map(({ id }) => id).join(" ") !== ids) {
      this.#bodyVersion = this.#version;
    }
    this.#isNewBody = false;
  }

  #sectionsOf(shown: readonly (Section | "training")[]): Section[] {
    return shown.map((section) => section === "training" ? this.#record.section : section);
  }

  #answer(request: Request): Response {
    const { hosts = [] } = this.#options;
    const { pathname = "", searchParams } = URL.canParse(request.url) ? new URL(request.url) : {};
    const command = pathname.slice(1);
    const onlyOwn = pathname === STREAM || Object.hasOwn(OBEYED_IN, command);
    const refused = refusal(request, { hosts, onlyOwn });
    if (refused !== undefined) {
      return plain(refused.status, `Cannot serve report: ${refused.reason}\n`);
    }
    if (Object.hasOwn(OBEYED_IN, command)) return this.#command(command as Command, request);
    if (!["/", "/report.html", "/live.js", STREAM].includes(pathname)) {
      return plain(404, `Cannot serve report: there is no ${pathname}\n`);
    }
    if (request.method !== "GET" && request.method !== "HEAD") return notAllowed("GET, HEAD");
    if (pathname === "/live.js") return answer(request, SCRIPT, "text/javascript");
    if (pathname === "/report.html") return answer(request, this.html(), "text/html");
    if (pathname === "/") return answer(request, this.#page(), "text/html");
    if (request.method === "HEAD") return answer(request, "", "text/event-stream");
    const seen = request.headers.get("last-event-id") ?? searchParams?.get("after") ?? "";
    const stream = this.#watchers.watch(seen, (have) => this.#newerThan(have));
    if (stream === undefined) {
      const most = this.#watchers.most;
      return plain(503, `Cannot serve report: at most maxWatchers = ${most} may watch at once\n`);
    }
    return new Response(stream, { headers: { ...HEADERS, "content-type": "text/event-stream" } });
  }

  #command(command: Command, request: Request): Response {
    if (request.method !== "POST") return notAllowed("POST");
    if (this.#obey(command)) return new Response(null, { status: 204, headers: HEADERS });
    const { state } = this;
    return plain(
      409,
      `Cannot ${command}: the training must be ${OBEYED_IN[command]}: it is ${state}\n`,
    );
  }

  /** Collects what a watcher lacks; undefined where it has everything. */
  #newerThan(seen: string): Message | undefined {
    this.#render();
    const [run, number] = seen.split(".");
    const have = run === this.#run ? Number(number) : 0;
    if (have === this.#version) return undefined;
    const isNew = !(have >= this.#bodyVersion);
    const changed = this.#rendered.filter(({ id }) => !(this.#changed.get(id)! <= have));
    return {
      id: this.#id,
      data: {
        ...this.#bar(),
        ...(isNew
          ? { body: renderBody(this.#options.title, this.#about, this.#rendered) }
          : { sections: Object.fromEntries(changed.map(({ id, html }) => [id, html])) }),
      },
    };
  }

  get #id(): string {
    return `${this.#run}.${this.#version}`;
  }

  /** Renders the bar above the page. */
  #bar() {
    const { state } = this;
    const { share, text = "" } = this.#record.progress ?? {};
    const percent = share === undefined ? "" : `${Math.floor(share * 100)} % · `;
    const isUnderWay = state === "training" || state === "paused";
    return {
      state,
      label: this.#label(),
      canPause: isUnderWay,
      canStop: isUnderWay,
      progress: (share === undefined ? "" : progressElement(share)) +
        element("span", {}, escapeXml(text)),
      title: (isUnderWay ? percent : "") + this.#options.title,
    };
  }

  #label(): string {
    const { wanted, finished } = this.#record.epochs;
    if (this.state !== "over") return LABELS[this.state];
    const how = this.signal.aborted ? "Stopped" : finished < wanted ? "Ended early" : "Trained";
    return `${how}: ${finished} of ${wanted} epochs`;
  }

  /** Renders the page with all there is now. */
  #page(): string {
    this.#render();
    const { state, label, canPause, canStop, progress, title } = this.#bar();
    const hidden = (shown: boolean) => shown ? "" : " hidden";
    const name = state === "paused" ? "Resume" : "Pause";
    const bar = `<div class="live" id="_bar" data-state="${state}" data-after="${this.#id}"><div>` +
      `<p id="_state" role="status">${escapeXml(label)}</p><div id="_progress">${progress}</div>` +
      `<button type="button" id="_pause"${hidden(canPause)}>${name}</button>` +
      `<button type="button" id="_stop"${hidden(canStop)}>Stop</button>` +
      `<p id="_notice" role="alert"></p></div></div>`;
    return renderPage({
      title: this.#options.title,
      tabTitle: title,
      about: this.#about,
      sections: this.#rendered,
      language: "en",
      bar,
      style: LIVE_STYLE,
      script: "live.js",
      policy: POLICY,
    });
  }
}

const LABELS: Readonly<Record<Exclude<TrainingState, "over">, string>> = {
  waiting: "Not begun",
  training: "Training",
  paused: "Paused",
  stopping: "Stopping",
};

function progressElement(share: number): string {
  return element(
    "progress",
    { value: share.toFixed(4), "aria-label": "Progress of the training" },
    "",
  );
}

function answer(request: Request, body: string, type: string): Response {
  const headers = { ...HEADERS, "content-type": `${type}; charset=utf-8` };
  return new Response(request.method === "HEAD" ? null : body, { headers });
}

function plain(status: number, text: string): Response {
  return new Response(text, { status, headers: { ...HEADERS, "content-type": "text/plain" } });
}

function notAllowed(allow: string): Response {
  return new Response(null, { status: 405, headers: { ...HEADERS, allow } });
}
