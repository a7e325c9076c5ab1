// <also-bought product-id="P7" key="rec_..."></also-bought>: what goes with a product or a basket.
// On any trouble it shows nothing; what a developer should know is said in the console, once.
"use strict";

(() => {
  const SCRIPT = document.currentScript?.src;
  const WAIT_MS = 2000;
  const PRODUCTS = 4;
  const MOST_PRODUCTS = 100;
  const MOST_IN_BASKET = 200;
  const said = new Set();

  // What a developer can put right; all else (a time-out, a product nobody knows) may happen.
  class Wrong extends Error {}

  function say(error) {
    const words = `also-bought: ${error.message}`;
    if (said.has(words)) return;
    said.add(words);
    if (error instanceof Wrong) console.warn(words);
    else console.debug(words);
  }

  // "P1 P2", or a JSON array where ids hold blanks.
  function idsIn(text) {
    const ids = text.trim().startsWith("[") ? JSON.parse(text) : text.split(/\s+/);
    return ids.map(String).filter(Boolean).slice(0, MOST_IN_BASKET);
  }

  function countIn(text) {
    const count = Number(text);
    return Number.isInteger(count) && count > 0 && count <= MOST_PRODUCTS ? count : PRODUCTS;
  }

  // The service lies one folder above this script, unless the element says where.
  function addressOf(service, path) {
    if (service) return new URL(path, `${service.replace(/\/+$/, "")}/`);
    if (SCRIPT) return new URL(`../${path}`, SCRIPT);
    throw new Wrong("say where the service is: service=\"https://...\"");
  }

  async function fetched(url, options) {
    try {
      return await fetch(url, options);
    } catch (error) {
      if (options.signal.aborted) throw options.signal.reason;
      throw new Wrong(
        `${url.origin} gave no answer that may be read: is it running, does the Content-Security-` +
          `Policy allow it, and does its [service] origins list ${location.origin}?`,
      );
    }
  }

  async function ask(element, signal) {
    const of = (name) => element.getAttribute(name);
    const [id, list, n] = [of("product-id"), of("product-ids"), countIn(of("n"))];
    if (id === null && list === null) throw new Wrong("set product-id or product-ids");
    const basket = list === null ? null : idsIn(list);
    if (basket ? !basket.length : !id) return { products: [] };
    if (!of("key")) throw new Wrong("set key; `recommender keys create NAME --role widget`");
    const headers = { authorization: `Bearer ${of("key")}` };
    const options = { headers, signal, credentials: "omit", referrerPolicy: "no-referrer" };
    let path = `v1/products/${encodeURIComponent(id)}/also-bought?n=${n}`;
    if (basket) {
      path = "v1/baskets/suggestions";
      headers["content-type"] = "application/json";
      Object.assign(options, {
        method: "POST",
        body: JSON.stringify({ product_ids: basket, n }),
      });
    }
    const answer = await fetched(addressOf(of("service"), path), options);
    const found = await answer.json();
    if (!answer.ok) {
      const Kind = [400, 401, 403, 421, 422].includes(answer.status) ? Wrong : Error;
      throw new Kind(`${answer.status}: ${found.detail}`);
    }
    return { products: basket ? found.suggestions : found.also_bought, list: found };
  }

  // Of http and https only: an id must not become javascript:, whatever the pattern is.
  function linkTo(pattern, id) {
    if (!pattern) return null;
    try {
      const path = pattern.replaceAll("{product_id}", () => encodeURIComponent(id));
      const url = new URL(path, document.baseURI);
      return ["http:", "https:"].includes(url.protocol) ? url.href : null;
    } catch {
      return null;
    }
  }

  // In the language of the page; a language or currency that is none leaves prices out.
  function pricesIn(element) {
    const currency = element.getAttribute("currency");
    if (!currency) return () => null;
    const style = { style: "currency", currency };
    for (const language of [element.closest("[lang]")?.lang || undefined, undefined]) {
      try {
        const format = new Intl.NumberFormat(language, style);
        return (price) => (Number.isFinite(price) ? format.format(price) : null);
      } catch {
        // the next one
      }
    }
    say(new Wrong(`${currency} is no currency; write one such as EUR`));
    return () => null;
  }

  function made(tag, name, ...inside) {
    const node = document.createElement(tag);
    node.className = `also-bought-${name}`;
    node.append(...inside); // texts become text, never markup
    return node;
  }

  function entry(element, product, list, priced) {
    const price = priced(product.price);
    const inside = [made("span", "name", product.name)];
    if (price !== null) inside.push(" ", made("span", "price", price));
    const href = linkTo(element.getAttribute("link"), product.product_id);
    if (href === null) return made("li", "product", ...inside);
    const link = made("a", "link", ...inside);
    link.href = href;
    const detail = {
      product_id: product.product_id,
      rank: product.rank,
      recommendation_id: list.recommendation_id ?? null,
    };
    const clicked = (event) => {
      if (event.button > 1) return; // the menu of the right button leads nowhere
      element.dispatchEvent(new CustomEvent("also-bought-click", { bubbles: true, detail }));
    };
    for (const kind of ["click", "auxclick"]) link.addEventListener(kind, clicked);
    return made("li", "product", link);
  }

  function region(element, { products, list }) {
    const heading = element.getAttribute("heading") ?? "Customers also bought";
    const priced = pricesIn(element);
    const entries = products.map((product) => entry(element, product, list, priced));
    const rows = made("ul", "list", ...entries);
    rows.setAttribute("role", "list"); // Safari takes it away with the bullets
    const whole = made("section", "region", ...(heading ? [made("h2", "heading", heading)] : []), rows);
    whole.setAttribute("aria-label", heading || "Customers also bought");
    return whole;
  }

  class AlsoBought extends HTMLElement {
    static observedAttributes = [
      ...["product-id", "product-ids", "key", "service"],
      ...["n", "heading", "link", "currency"],
    ];
    #running = null;
    #planned = false;

    connectedCallback() {
      this.#plan();
    }

    attributeChangedCallback(name, before, after) {
      if (before !== after) this.#plan();
    }

    disconnectedCallback() {
      this.#running?.abort();
      this.#running = null;
    }

    // However many attributes change at once, it asks once.
    #plan() {
      if (this.#planned || !this.isConnected) return;
      this.#planned = true;
      queueMicrotask(() => {
        this.#planned = false;
        if (this.isConnected) this.#show();
      });
    }

    async #show() {
      this.#running?.abort();
      const mine = (this.#running = new AbortController());
      const late = new Error(`no answer within ${WAIT_MS} ms`);
      const timer = setTimeout(() => mine.abort(late), WAIT_MS);
      try {
        const found = await ask(this, mine.signal);
        if (mine !== this.#running) return;
        this.replaceChildren(...(found.products.length ? [region(this, found)] : []));
      } catch (error) {
        if (mine !== this.#running) return;
        this.replaceChildren();
        say(error);
      } finally {
        clearTimeout(timer);
      }
    }
  }

  if (!customElements.get("also-bought")) customElements.define("also-bought", AlsoBought);
})();
