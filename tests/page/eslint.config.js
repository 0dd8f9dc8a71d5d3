// SPDX-License-Identifier: Apache-2.0
// What a reader would stumble over, and what the page must never do.
import { createRequire } from "node:module";

const packages = createRequire(`${process.env.DEV_NODE_MODULES}/`);
const js = packages("@eslint/js");

const browser = [
    "AbortController", "AbortSignal", "CSS", "CustomEvent", "DOMException", "Event", "EventTarget",
    "HTMLElement", "IntersectionObserver", "Intl", "KeyboardEvent", "MutationObserver", "Node",
    "ReadableStream", "ResizeObserver", "Response", "TextDecoder", "TextDecoderStream",
    "TextEncoder", "URL", "URLSearchParams", "atob", "btoa", "clearInterval", "clearTimeout",
    "crypto", "customElements", "document", "fetch", "history", "isSecureContext", "localStorage",
    "location", "matchMedia", "navigator", "performance", "queueMicrotask",
    "requestAnimationFrame", "cancelAnimationFrame", "sessionStorage", "setInterval", "setTimeout",
    "structuredClone", "window", "HTMLDialogElement", "HTMLInputElement", "HTMLSelectElement",
    "HTMLButtonElement", "HTMLTemplateElement", "HTMLTableElement", "HTMLTableRowElement",
    "HTMLFormElement", "HTMLAnchorElement", "Element", "SVGElement", "PointerEvent", "MouseEvent",
    "FormData", "Headers", "Request", "PopStateEvent", "StorageEvent", "console",
];
const node = ["Buffer", "process", "setTimeout", "clearTimeout", "fetch", "URL", "URLSearchParams",
    "console", "performance"];
const named = (names) => Object.fromEntries(names.map((name) => [name, "readonly"]));

const markup = ["innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe", "write", "writeln",
    "createContextualFragment", "parseFromString"];

export default [
    js.configs.recommended,
    {
        rules: {
            eqeqeq: "error",
            "no-var": "error",
            "prefer-const": "error",
            "no-implicit-globals": "error",
            "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
            "max-lines": ["error", 500],
            "max-lines-per-function": ["error", 80],
        },
    },
    {
        files: ["**/service/http/page/**"],
        languageOptions: { globals: named(browser) },
        rules: {
            "no-console": "error",
            "no-eval": "error",
            "no-implied-eval": "error",
            "no-new-func": "error",
            "no-restricted-properties": ["error", ...markup.map((property) => ({
                property,
                message: "Data are text, never markup.",
            }))],
        },
    },
    {
        files: ["**/tests/page/**"],
        languageOptions: { globals: named([...node, ...browser]) },
        rules: { "max-lines-per-function": "off" },
    },
];
