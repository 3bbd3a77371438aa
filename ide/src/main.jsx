// Renders GraphiQL with the tabs and headers that the page was served with.
import "./workers.js";
import "graphiql/style.css";
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";

const CONFIG_KEY = "qms:ide-config";
const EDITOR_KEYS = ["tabState", "query", "variables", "headers"];

/**
 * The tab that the editors start with: the one that was open when the browser
 * left the page, or else the first of the page's own tabs.
 *
 * GraphiQL prefers what it kept, so a demonstration started anew would show
 * tabs with an expired token. What it kept is dropped when the page changed.
 */
function firstTab(config, configText) {
  if (localStorage.getItem(CONFIG_KEY) !== configText) {
    for (const key of EDITOR_KEYS) localStorage.removeItem(`graphiql:${key}`);
    localStorage.setItem(CONFIG_KEY, configText);
  }
  const kept = JSON.parse(localStorage.getItem("graphiql:tabState"));
  return kept?.tabs[kept.activeTabIndex] ?? config.tabs[0];
}

/** The headers with `Authorization` spelt as the subscription protocol wants it. */
function spelt(headers = {}) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) =>
      name.toLowerCase() === "authorization"
        ? ["Authorization", value]
        : [name, value],
    ),
  );
}

/** Sends operations over HTTP, and subscriptions over graphql-transport-ws. */
function createFetcher(endpoint) {
  const url = new URL(endpoint, location.origin);
  const subscriptionUrl = new URL(url);
  subscriptionUrl.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const fetcher = createGraphiQLFetcher({
    url: url.href,
    // The toolkit also sends the headers as the payload of connection_init:
    // a browser cannot set headers on a WebSocket.
    subscriptionUrl: subscriptionUrl.href,
    // The API answers in one piece, so it is not asked for multipart answers.
    enableIncrementalDelivery: false,
  });
  return (params, options) =>
    fetcher(params, { ...options, headers: spelt(options?.headers) });
}

const configText = document.getElementById("graphiql-config").textContent;
const config = JSON.parse(configText);
const tab = firstTab(config, configText);

createRoot(document.getElementById("graphiql")).render(
  <GraphiQL
    fetcher={createFetcher(config.endpoint)}
    defaultTabs={config.tabs.length > 0 ? config.tabs : undefined}
    defaultHeaders={config.headers ?? undefined}
    // GraphiQL keeps an editor's content only once it was edited. Left alone, it
    // forgets the variables and opens the same tab twice.
    initialQuery={tab?.query ?? undefined}
    initialVariables={tab?.variables ?? undefined}
    initialHeaders={tab?.headers ?? undefined}
    defaultEditorToolsVisibility={config.headers ? true : "headers"}
    shouldPersistHeaders
  />,
);
